using System.Globalization;
using Npgsql;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard;

/// <summary>
/// No server that can be written to was found within <see cref="WritableDataSourceOptions.FailoverTimeout"/>. The message lists what
/// each host answered.
/// </summary>
public sealed class NoWritableServerException : NpgsqlException
{
    readonly bool _mayPass;

    internal NoWritableServerException(TimeSpan waited, IReadOnlyList<ServerAnswer> answers, bool mayPass)
        : base(Describe(waited, answers, mayPass), answers.Select(a => a.Error).FirstOrDefault(e => e is not null))
    {
        Waited = waited;
        Answers = answers;
        _mayPass = mayPass;
    }

    /// <summary>How long the rent waited for a writable server.</summary>
    public TimeSpan Waited { get; }

    /// <summary>The last answer of each host, in the order of the connection string.</summary>
    public IReadOnlyList<ServerAnswer> Answers { get; }

    /// <summary>
    /// <see langword="true"/> where a later attempt may succeed; <see langword="false"/> when every host refused for a reason that
    /// waiting does not cure, such as a wrong password.
    /// </summary>
    public override bool IsTransient => _mayPass;

    static string Describe(TimeSpan waited, IReadOnlyList<ServerAnswer> answers, bool mayPass)
    {
        var seconds = waited.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        if (answers.All(a => a.Error is { } error && Reason.IsUnknownName(error)))
            return $"No host name of the connection string was resolved in {seconds} s: {string.Join(", ", answers.Select(a => a.Host))} ({Reason.Of(answers[0].Error!)}). Correct Host, or check DNS; this is no failover.";
        var remedy = !mayPass ? "Waiting cannot cure this: correct the connection string or the server's configuration."
            : answers.Any(a => a.Role == ServerRole.ReadOnlyPrimary)
            ? "The primary has to be made writable; this is no failover."
            : "Promote a standby or bring the primary back, then try again; raise FailoverTimeout if promotions take longer.";
        return $"No writable server after {seconds} s: {string.Join("; ", answers)}. {remedy}";
    }
}
