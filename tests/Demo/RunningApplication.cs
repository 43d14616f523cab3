using CliWrap;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.Demo;

/// <summary>The sample application while it runs against its site; it ends when its stdin is closed.</summary>
sealed class RunningApplication
{
    readonly TaskCompletionSource _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Task _process;

    public RunningApplication(Site site, string program)
    {
        Site = site;
        _process = Cli.Wrap(program).WithArguments([site.ConnectionString])
            .WithStandardInputPipe(PipeSource.Create((_, cancelled) => _stop.Task.WaitAsync(cancelled)))
            .WithStandardOutputPipe(PipeTarget.ToDelegate(Log.Add))
            .WithStandardErrorPipe(PipeTarget.ToStream(Console.OpenStandardError()))
            .ExecuteAsync();
    }

    public Site Site { get; }
    public WriteLog Log { get; } = new();

    /// <summary>Returns when it writes.</summary>
    public Task WritesAsync() => Eventually.HoldsAsync(
        () => _process.IsCompleted ? throw new InvalidOperationException($"The application ended before its first write ({Site.Name}).") : Log.Acknowledged.Count > 0,
        $"the application's first write ({Site.Name})");

    public Task StopAsync()
    {
        _stop.TrySetResult();
        return _process;
    }

    /// <summary>How many of the writes that were acknowledged are not on the primary.</summary>
    public async Task<int> LostAsync()
    {
        HashSet<(int, long)> kept = [];
        await using var source = NpgsqlDataSource.Create(Site.Primary.ConnectionString());
        await using var command = source.CreateCommand("select writer, number from ledger");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            kept.Add((reader.GetInt32(0), reader.GetInt64(1)));
        return Log.AcknowledgedWrites.Count(write => !kept.Contains(write));
    }
}
