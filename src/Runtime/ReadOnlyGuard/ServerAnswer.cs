using System.Globalization;
using Npgsql;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard;

/// <summary>What one server answered to a write check.</summary>
/// <param name="Host">The host as the connection string names it.</param>
/// <param name="Port">The port.</param>
/// <param name="Role">Whether it can be written to, and if not, why.</param>
/// <param name="Timeline">
/// The timeline that a primary writes: it rises by one with each promotion. <see langword="null"/> where it is not known (a standby,
/// no answer, or a service that does not tell).
/// </param>
/// <param name="Error">Why there is no answer; <see langword="null"/> unless <paramref name="Role"/> is
/// <see cref="ServerRole.Unknown"/>.</param>
public sealed record ServerAnswer(string Host, int Port, ServerRole Role, uint? Timeline = null, Exception? Error = null)
{
    /// <summary>
    /// Whether every connection of its pool is worth nothing. Those of a primary that is set read-only are not: they follow the setting by
    /// themselves.
    /// </summary>
    internal bool CondemnsPool => Role is ServerRole.HotStandby or ServerRole.StalePrimary;

    /// <summary>Whether only the session is lost, and its server is well.</summary>
    internal bool IsSessionTimedOut => Error is PostgresException { SqlState: var state } && SqlStates.MeansSessionTimedOut(state);

    /// <summary>The cluster that it belongs to; <see langword="null"/> where the server did not tell.</summary>
    internal long? SystemIdentifier { get; init; }

    /// <summary>The answer in words, as exceptions and logs show it: <c>db1:5432 is a hot standby</c>.</summary>
    public override string ToString()
    {
        var on = Timeline is { } timeline ? string.Create(CultureInfo.InvariantCulture, $" (timeline {timeline})") : "";
        var what = Role switch
        {
            ServerRole.Primary => "is a writable primary" + on,
            ServerRole.ReadOnlyPrimary => "is set read-only (default_transaction_read_only is on: maintenance, or a full disk)",
            ServerRole.HotStandby => "is a hot standby",
            ServerRole.StalePrimary => $"is a primary that a promotion has replaced{on}",
            ServerRole.OtherCluster => "is a primary of another cluster than the one in use",
            _ when Error is { } error => (error is PostgresException ? "refuses: " : "did not answer: ") + Reason.Of(error),
            _ => "did not answer in time",
        };
        return string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port} {what}");
    }
}
