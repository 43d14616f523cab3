using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>The normal case in a failover of a synchronous application: every thread-pool thread is blocked in a rent.</summary>
public sealed class ThreadPoolFullOfSynchronousRents
{
    const int Rents = 200;

    [Fact]
    public async Task All_return_when_the_standby_is_promoted()
    {
        await using var pair = await ReplicatedPair.StartAsync("max_connections=300");
        await using var source = WritableDataSource.Create(
            $"Host={pair.Primary.Host}:{pair.Primary.Port},{pair.Standby.Host}:{pair.Standby.Port};Username=postgres;Database=postgres;Maximum Pool Size={Rents}");
        await pair.Primary.StopAsync();
        await using var standby = new NpgsqlConnection(pair.Standby.ConnectionString(c => c.Pooling = false));
        await standby.OpenAsync();
        using var meter = new GuardMeter();

        ThreadPool.GetMinThreads(out var minimum, out var completion);
        ThreadPool.GetMaxThreads(out var maximum, out var maximumCompletion);
        Assert.True(ThreadPool.SetMinThreads(Rents, completion));
        Assert.True(ThreadPool.SetMaxThreads(Rents, maximumCompletion));
        try
        {
            // Not disposed: rents that are late signal it all the same.
            var returned = new CountdownEvent(Rents);
            var failures = 0;
            for (var i = 0; i < Rents; i++)
            {
                ThreadPool.QueueUserWorkItem(_ =>
                {
                    try
                    {
                        using var connection = source.OpenConnection();
                        using var write = new NpgsqlCommand("create temporary table t ()", connection);
                        write.ExecuteNonQuery();
                    }
                    catch
                    {
                        Interlocked.Increment(ref failures);
                    }
                    finally
                    {
                        returned.Signal();
                    }
                });
            }

            // Nothing below may need the thread pool: it is full.
            await Task.Factory.StartNew(() =>
            {
                Assert.True(SpinWait.SpinUntil(() => meter.RentsWaiting >= Rents, TimeSpan.FromSeconds(30)));
                using (var promote = new NpgsqlCommand("select pg_promote(false)", standby))
                    promote.ExecuteNonQuery();
                Assert.True(returned.Wait(TimeSpan.FromSeconds(30)));
            }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            Assert.Equal(0, failures);
            Assert.Equal(1, meter.Searches);
        }
        finally
        {
            ThreadPool.SetMinThreads(minimum, completion);
            ThreadPool.SetMaxThreads(maximum, maximumCompletion);
        }
    }
}
