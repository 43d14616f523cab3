using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Tests;

/// <summary>Work that may block has a thread of its own, and leaves nothing in it for the work that comes next.</summary>
public sealed class WorkOnKeptThreads
{
    [Fact]
    public async Task Is_one_thread_after_the_other_as_long_as_nothing_blocks()
    {
        var threads = new HashSet<int>();
        for (var i = 0; i < 200; i++)
            threads.Add(await AbandonableWork.StartAsync("test", () => Environment.CurrentManagedThreadId));
        // A thread that has just ended its work may not be back yet when the next comes.
        Assert.InRange(threads.Count, 1, 100);
    }

    [Fact]
    public async Task Does_not_wait_for_work_that_blocks()
    {
        using var all = new CountdownEvent(50);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => AbandonableWork.StartAsync("test", () => all.Signal() || all.Wait(TimeSpan.FromSeconds(60)))));
        Assert.True(all.IsSet);
    }

    [Fact]
    public async Task Sees_nothing_of_its_caller_nor_of_the_work_before_it()
    {
        var local = new AsyncLocal<string?> { Value = "the caller's" };
        for (var i = 0; i < 200; i++)
            Assert.Null(await AbandonableWork.StartAsync("test", () =>
            {
                var found = local.Value;
                local.Value = "left behind";
                return found;
            }));
    }

    [Fact]
    public async Task That_throws_tells_who_waits_and_harms_nobody_else()
    {
        await Assert.ThrowsAsync<FormatException>(() => AbandonableWork.StartAsync<int>("test", () => throw new FormatException()));
        AbandonableWork.Start("test", () => throw new FormatException());
        Assert.Equal(1, await AbandonableWork.StartAsync("test", () => 1));
    }
}
