using CliWrap;
using CliWrap.Buffered;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Names;

/// <summary>One endpoint, whose name is given to the new primary some time after the failover, as clouds do.</summary>
public sealed class NameThatMoves
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Is_followed_without_a_restart(bool oldPrimaryReturns)
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await Writers.CreateTableAsync(pair.Primary);
        await pair.CatchUpAsync();
        await using var name = await MovingName.StartAsync(pair.Primary, pair.Standby);
        var stop = new TaskCompletionSource();
        var writing = Cli.Wrap("dotnet").WithArguments([Path.Combine(AppContext.BaseDirectory, "ReadOnlyGuard.WriterProcess.dll"), name.ConnectionString])
            .WithEnvironmentVariables(name.Environment)
            .WithStandardInputPipe(PipeSource.Create((_, cancelled) => stop.Task.WaitAsync(cancelled)))
            .ExecuteBufferedAsync();
        async Task WroteAsync(int more)
        {
            var until = await RowsAsync(pair.Primary) + more;
            await Eventually.HoldsAsync(async () => writing.Task.IsCompleted || await RowsAsync(pair.Primary) >= until, $"{more} more rows");
        }
        await WroteAsync(100);

        var old = await pair.FailOverAsync();
        if (oldPrimaryReturns)
            await pair.RejoinAsync();
        // The name is the old primary's still: down, or a standby by now.
        var accepted = name.Accepted(old);
        await Eventually.HoldsAsync(() => writing.Task.IsCompleted || name.Accepted(old) >= accepted + 3, "the process to look for the primary where it is not");
        await name.PointAtAsync(pair.Primary);
        await WroteAsync(100);

        stop.SetResult();
        var said = (await writing).StandardOutput.Split(' ').Select(long.Parse).ToList();
        var (written, unknown) = (said[0], said[1]);
        Assert.InRange(unknown, 0, 1);
        Assert.InRange(await RowsAsync(pair.Primary), written, written + unknown);
    }

    static Task<long> RowsAsync(PostgresServer server) => server.QueryAsync<long>("select count(*) from ledger");
}
