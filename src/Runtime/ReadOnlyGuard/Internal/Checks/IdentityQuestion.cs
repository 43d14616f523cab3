namespace ReadOnlyGuard.Internal.Checks;

/// <summary>
/// Whether a server is asked for its identity. One that could not tell it (a right that is revoked, a service that has none) is asked
/// again, after pauses that double: nothing that passes decides it for good.
/// </summary>
sealed class IdentityQuestion
{
    const long FirstPause = 1_000, LongestPause = 300_000;

    readonly object _gate = new();
    long _pause, _dueAt;

    public bool IsDue => Environment.TickCount64 >= Volatile.Read(ref _dueAt);

    /// <returns>Whether that is news.</returns>
    public bool Failed()
    {
        lock (_gate)
        {
            // Asked at the same time as another that failed.
            if (!IsDue)
                return false;
            var isNews = _pause == 0;
            _pause = isNews ? FirstPause : Math.Min(2 * _pause, LongestPause);
            Volatile.Write(ref _dueAt, Environment.TickCount64 + _pause);
            return isNews;
        }
    }

    /// <inheritdoc cref="Failed"/>
    public bool Succeeded()
    {
        if (Volatile.Read(ref _dueAt) == 0)
            return false;
        lock (_gate)
        {
            var isNews = _pause != 0;
            _pause = 0;
            Volatile.Write(ref _dueAt, 0);
            return isNews;
        }
    }
}
