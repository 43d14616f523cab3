namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// How long a kind of alarm is not believed without a look, because the last ones were false: doubling from ten milliseconds. One that is
/// real, or a while without any, makes it believed at once again.
/// </summary>
/// <param name="tolerated">How many false ones in a row cost nothing yet.</param>
/// <param name="longest">The longest that one is not believed.</param>
sealed class FalseAlarms(int tolerated, TimeSpan longest)
{
    static readonly TimeSpan First = TimeSpan.FromMilliseconds(10);

    readonly object _gate = new();
    int _inARow;
    long _until;

    /// <summary>For how long from now on.</summary>
    public TimeSpan Quiet
    {
        get
        {
            lock (_gate)
                return TimeSpan.FromMilliseconds(Math.Max(0, _until - Environment.TickCount64));
        }
    }

    public bool AreQuiet => Quiet > TimeSpan.Zero;

    public void Were(bool real)
    {
        lock (_gate)
        {
            var now = Environment.TickCount64;
            // Forgotten after twice the time for which they were not believed.
            if (real || now - _until > 2 * longest.TotalMilliseconds)
                _inARow = 0;
            _until = now;
            if (!real && ++_inARow > tolerated)
                _until += (long)Math.Min(longest.TotalMilliseconds, First.TotalMilliseconds * Math.Pow(2, Math.Min(_inARow - tolerated - 1, 20)));
        }
    }
}
