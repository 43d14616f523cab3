using System.Diagnostics;
using System.Globalization;
using ReadOnlyGuard.FailoverTests;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>The same for every library: writers that use it, the switchover, and what is measured and promised.</summary>
static class ThroughASwitchover
{
    static readonly TimeSpan Soon = TimeSpan.FromSeconds(5), Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Each writer loses at most what it had in flight, and goes on as soon as a writable server can be reached; nothing acknowledged is lost.</summary>
    /// <param name="switchover">Its servers have a table or view <c>ledger (writer, number)</c>, which shows what was written.</param>
    /// <param name="write">Writes one numbered row, by way of the library.</param>
    /// <param name="pace">How many writes are done before and after.</param>
    public static async Task WritesGoOnAsync(
        this Switchover switchover, ITestOutputHelper output, Func<int, int, Task> write, int count = 8, int pace = 200)
    {
        await using var writers = Writers.Start(write, count);
        await writers.WroteAsync(pace);
        var reachable = await switchover.StrikeAsync();
        await writers.WroteAsync(pace);
        await writers.StopAsync();
        Report(output, writers, reachable);
        Assert.Empty(await writers.LostAsync(switchover.Primary));
    }

    /// <summary>The same for what is sent and handled later: what was accepted is handled, at least once.</summary>
    public static async Task MessagesAreHandledAsync(
        this Switchover switchover, ITestOutputHelper output, Func<int, int, Task> send, int count = 4, int pace = 100, TimeSpan? within = null)
    {
        await using var senders = Writers.Start(async (sender, number) =>
        {
            // No more than can be handled meanwhile.
            await Task.Delay(Pause);
            await send(sender, number);
        }, count);
        await senders.WroteAsync(pace);
        await HandledAsync(pace);
        var reachable = await switchover.StrikeAsync();
        var handled = await CountAsync();
        await HandledAsync(handled + 1);
        var again = Stopwatch.GetElapsedTime(reachable);
        await senders.WroteAsync(pace);
        await senders.StopAsync();
        Report(output, senders, reachable);
        try
        {
            await Eventually.HoldsAsync(
                async () => (await senders.LostAsync(switchover.Primary)).Count == 0, "every accepted message to be handled", within ?? TimeSpan.FromMinutes(1));
        }
        catch (TimeoutException)
        {
            foreach (var lost in await senders.LostAsync(switchover.Primary))
                output.WriteLine($"not handled: {lost.Writer}-{lost.Number}, accepted {Milliseconds(reachable, lost.At)} ms after a writable server could be reached");
            throw;
        }
        var twice = await switchover.Primary.QueryAsync<long>("select count(*) from (select 1 from ledger group by writer, number having count(*) > 1) as twice");
        output.WriteLine($"handled again after {again.TotalMilliseconds:0} ms at most, {twice} of {senders.Acknowledged} handled twice");

        Task<long> CountAsync() => switchover.Primary.QueryAsync<long>("select count(*) from ledger");
        Task HandledAsync(long until) => Eventually.HoldsAsync(async () => await CountAsync() >= until, $"{until} messages to be handled", TimeSpan.FromSeconds(40));
    }

    static void Report(ITestOutputHelper output, Writers writers, long reachable)
    {
        var first = writers.FirstSuccessAfter(reachable);
        output.WriteLine($"{writers.Acknowledged} acknowledged, {writers.Failures.Count} failed, first success {Milliseconds(reachable, first)} ms after a writable server could be reached");
        foreach (var failure in writers.Failures)
            output.WriteLine($"writer {failure.Writer}, {Milliseconds(reachable, failure.At)} ms: {failure.Error.GetType().Name} {failure.Error.GetBaseException().Message.Split('\n')[0]}");
        Assert.All(writers.Failures.GroupBy(failure => failure.Writer), writer => Assert.Single(writer));
        Assert.DoesNotContain(writers.Failures, failure => failure.At > first);
        Assert.InRange(Stopwatch.GetElapsedTime(reachable, first), TimeSpan.Zero, Soon);
    }

    static string Milliseconds(long from, long until) => Stopwatch.GetElapsedTime(from, until).TotalMilliseconds.ToString("0", CultureInfo.InvariantCulture);
}
