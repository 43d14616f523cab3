using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Tests;

public sealed class BackoffBetweenAttempts
{
    [Theory]
    [InlineData(1, 0, 0.0, 2.5)]
    [InlineData(1, 0, 1.0, 5)]
    [InlineData(2, 0, 1.0, 10)]
    [InlineData(3, 0, 1.0, 20)]
    [InlineData(4, 0, 1.0, 25)]
    [InlineData(1000, 4.9, 1.0, 25)]
    [InlineData(1000, 5, 1.0, 500)]
    [InlineData(1000, 5, 0.0, 250)]
    [InlineData(int.MaxValue, 3600, 1.0, 500)]
    public void Doubles_up_to_its_cap_with_jitter_below(int attempt, double elapsedSeconds, double random, double milliseconds)
        => Assert.Equal(milliseconds, Backoff.Delay(attempt, TimeSpan.FromSeconds(elapsedSeconds), random).TotalMilliseconds);
}
