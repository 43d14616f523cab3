namespace ReadOnlyGuard.Demo;

/// <summary>The machine's clock in milliseconds, as the sample application stamps its writes.</summary>
static class Clock
{
    public static double Now => Of(DateTime.UtcNow);

    public static double Of(DateTime utc) => (utc - DateTime.UnixEpoch).TotalMilliseconds;
}
