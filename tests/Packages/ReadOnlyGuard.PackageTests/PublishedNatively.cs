using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.PackageTests;

/// <summary>A program that NativeAOT compiled, with any warning an error, writes through a switchover.</summary>
[Trait("Heavy", "yes")]
public sealed class PublishedNatively(PackedPackage package)
{
    // One transaction each 5 ms, until somebody makes the file whose name it is given.
    const string Source =
        """
        using Npgsql;
        using ReadOnlyGuard;

        await using var db = WritableDataSource.Create(args[0]);
        var (stored, failed) = (0, 0);
        for (; !File.Exists(args[1]); await Task.Delay(5))
        {
            try
            {
                await db.ExecuteInTransactionAsync(async (connection, token) =>
                {
                    await using var insert = new NpgsqlCommand("insert into entries values ('native')", connection);
                    await insert.ExecuteNonQueryAsync(token);
                }, new() { CommitOutcome = CommitOutcome.Resolve });
                stored++;
            }
            catch (NpgsqlException e)
            {
                failed++;
                Console.WriteLine(e.Message);
            }
            if (stored == 20)
                Console.WriteLine("writing");
        }
        Console.WriteLine($"{stored} stored, {failed} failed");
        """;

    [Fact]
    public async Task Writes_through_a_switchover()
    {
        var consumer = await Consumer.CreateAsync(package, Source);
        var program = await consumer.PublishAsync("PublishAot=true", "StripSymbols=true", "TrimmerSingleWarn=false");
        await using var pair = await ReplicatedPair.StartAsync();
        await pair.Primary.ExecuteAsync("create table entries (writer text)");
        var stop = Path.Combine(package.NewFolder(), "stop");

        await using var run = await RunningProgram.StartProgramAsync(
            program, "/", $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres", stop);
        await run.PrintsAsync("writing");
        await pair.CatchUpAsync();
        await pair.FailOverAsync();
        var before = await pair.Primary.QueryAsync<long>("select count(*) from entries");
        await Eventually.HoldsAsync(async () => await pair.Primary.QueryAsync<long>("select count(*) from entries") > before + 20, "writes on the new primary");
        await File.WriteAllTextAsync(stop, "", TestContext.Current.CancellationToken);

        Assert.EndsWith(" stored, 0 failed", await run.PrintsAsync(" stored, "), StringComparison.Ordinal);
        Assert.InRange(new FileInfo(program).Length, 1, 20_000_000);
        TestContext.Current.SendDiagnosticMessage($"{new FileInfo(program).Length / 1e6:0.0} MB");
    }
}
