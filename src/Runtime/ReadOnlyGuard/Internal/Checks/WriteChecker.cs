using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;
using ReadOnlyGuard.Internal.Settings;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Checks;

/// <summary>Asks one server, through a connection to it, whether it can be written to. It never throws: a failure is an answer.</summary>
sealed class WriteChecker(Endpoint endpoint, WriteCheck check, TimeSpan timeout, Fence fence, ILogger logger)
{
    // A late answer is proof all the same: after so many times the timeout the question is taken back.
    const int LateProof = 3;

    // Of the last answer.
    long _took;

    /// <summary>
    /// How long an answer may take: the option, and on a slow server twice what the last one took, up to three times the option.
    /// </summary>
    public TimeSpan Timeout
    {
        get
        {
            var twice = TimeSpan.FromMilliseconds(2 * Volatile.Read(ref _took));
            return twice <= timeout ? timeout : twice < LateProof * timeout ? twice : LateProof * timeout;
        }
    }

    readonly TagList _tags = new() { { "server.address", endpoint.Host }, { "server.port", endpoint.Port } };

    // While the server cannot tell it fencing is off, and everything else works.
    readonly IdentityQuestion _identity = new();

    public Endpoint Endpoint => endpoint;

    volatile Answered? _last;

    sealed record Answered(ServerRole Role, long At);

    /// <summary>In which it was last found; <see langword="null"/> before that.</summary>
    public ServerRole? LastRole => _last?.Role;

    public long LastAskedAt => _last?.At ?? 0;

    void Found(ServerRole role) => _last = new(role, Environment.TickCount64);

    const uint Unknown = 0;
    volatile uint _timeline = Unknown;

    /// <summary>On which it was when it last said that it is a primary.</summary>
    public uint? Timeline => _timeline is not Unknown and var timeline ? timeline : null;

    /// <param name="isUsed">Whether the connection is one of those that are rented.</param>
    public ServerAnswer Ask(NpgsqlConnection connection, bool isUsed = true)
    {
        OwnTraffic.Begin();
        try
        {
            var answer = Judge(Query(connection), isUsed);
            return answer.Role == ServerRole.Primary && check.Step is { } step && !step(connection, Timeout) ? Refused : answer;
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    /// <summary>The same on a thread of its own, but for an asynchronous step: the token ends that.</summary>
    public async Task<ServerAnswer> AskAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        OwnTraffic.Begin();
        try
        {
            if (check.AsyncStep is not { } step)
                return await AbandonableWork.StartAsync("check of " + endpoint.Host, () => Ask(connection)).ConfigureAwait(false);
            var answer = await AbandonableWork.StartAsync("check of " + endpoint.Host, () => AskWithoutStep(connection)).ConfigureAwait(false);
            return answer.Role == ServerRole.Primary && !await step(connection, cancellationToken).ConfigureAwait(false) ? Refused : answer;
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    ServerAnswer AskWithoutStep(NpgsqlConnection connection)
    {
        OwnTraffic.Begin();
        return Judge(Query(connection));
    }

    /// <summary>
    /// Asks a connection that is being opened, without a thread of its own. Not bounded: whoever stops waiting breaks the connection, and
    /// that ends the query.
    /// </summary>
    public async Task<ServerAnswer> AskNewAsync(NpgsqlConnection connection, bool isUsed)
    {
        OwnTraffic.Begin();
        try
        {
            var answer = Judge(await QueryAsync(connection, timeoutSeconds: 0, async: true).ConfigureAwait(false), isUsed);
            return answer.Role == ServerRole.Primary && !await StepAsync(connection).ConfigureAwait(false) ? Refused : answer;
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    async Task<bool> StepAsync(NpgsqlConnection connection)
        => check.AsyncStep is { } asyncStep ? await asyncStep(connection, CancellationToken.None).ConfigureAwait(false)
            : check.Step is not { } step || await AbandonableWork.StartAsync("check of " + endpoint.Host, () => step(connection, Timeout)).ConfigureAwait(false);

    /// <summary>
    /// Asks a server that is not the primary whether it may have succeeded it. A primary of another cluster has not: that one is another
    /// host name's mistake, or a copy that nobody has switched to.
    /// </summary>
    /// <param name="row">What it said of itself.</param>
    /// <returns>Its answer if it is on the newest timeline that was seen; otherwise <see langword="null"/>.</returns>
    public ServerAnswer? Look(CheckRow row)
    {
        if (row.InRecovery)
            Found(ServerRole.HotStandby);
        if (row is not { InRecovery: false, SystemIdentifier: { } cluster, Timeline: { } timeline } || fence.SystemIdentifier is null)
            return null;
        // One that is read-only is the successor all the same: what the old primary acknowledges is lost.
        return fence.Admit(endpoint, cluster, timeline, isUsed: false) == ServerRole.Primary ? Judge(row, isUsed: false) : null;
    }

    /// <summary>From now on connections are rented of this server.</summary>
    public void Use(ServerAnswer answer)
    {
        if (answer is { SystemIdentifier: { } cluster, Timeline: { } timeline })
            fence.Admit(endpoint, cluster, timeline);
    }

    /// <summary>No connection, or no answer from it.</summary>
    public ServerAnswer Failed(Exception error) => new(endpoint.Host, endpoint.Port, ServerRole.Unknown, Error: error);

    ServerAnswer Refused => new(endpoint.Host, endpoint.Port, ServerRole.ReadOnlyPrimary);

    /// <summary>Counts an answer that somebody waited for: an abandoned check counts once, as the failure it was.</summary>
    public ServerAnswer Counted(ServerAnswer answer)
    {
        Found(answer.Role);
        var tags = _tags;
        tags.Add("outcome", Telemetry.Outcome(answer.Role));
        Telemetry.Checks.Add(1, tags);
        return answer;
    }

    /// <summary>What the server says of itself.</summary>
    /// <exception cref="NpgsqlException">No answer.</exception>
    public CheckRow Query(NpgsqlConnection connection)
        => QueryAsync(connection, ConnectionString.WholeSeconds(LateProof * Timeout), async: false).Completed();

    /// <inheritdoc cref="Query"/>
    /// <param name="timeoutSeconds">Zero for as long as it takes.</param>
    public async ValueTask<CheckRow> QueryAsync(NpgsqlConnection connection, int timeoutSeconds, bool async)
    {
        var asked = Environment.TickCount64;
        var identity = _identity.IsDue;
        while (true)
        {
            using var command = WriteCheckQuery.Command(connection, identity, timeoutSeconds);
            try
            {
                var row = await WriteCheckQuery.RunAsync(command, async).ConfigureAwait(false);
                Volatile.Write(ref _took, Environment.TickCount64 - asked);
                if (row.SystemIdentifier is not null && _identity.Succeeded())
                    Log.FencingOn(logger, endpoint.Host, endpoint.Port);
                return row;
            }
            catch (PostgresException e) when (identity ? SqlStates.MeansIdentityUnavailable(e.SqlState) : SqlStates.MeansFeatureNotSupported(e.SqlState))
            {
                if (SqlStates.MeansFeatureNotSupported(e.SqlState) && await WriteCheckQuery.ShowsReadOnlyAsync(connection, timeoutSeconds, async).ConfigureAwait(false))
                    return CheckRow.OfStandby;
                if (!identity)
                    throw;
                identity = false;
                if (_identity.Failed())
                    Log.FencingOff(logger, endpoint.Host, endpoint.Port, e.SqlState);
            }
        }
    }

    /// <summary>What follows from what the server said of itself.</summary>
    public ServerAnswer Judge(CheckRow row, bool isUsed = true)
    {
        var role = row switch
        {
            { InRecovery: true } => ServerRole.HotStandby,
            { ReadOnly: true } => ServerRole.ReadOnlyPrimary,
            { SystemIdentifier: { } cluster, Timeline: { } timeline } => fence.Admit(endpoint, cluster, timeline, isUsed),
            _ => ServerRole.Primary,
        };
        if (!row.InRecovery)
            _timeline = row.Timeline ?? Unknown;
        Found(role);
        return new(endpoint.Host, endpoint.Port, role, row.Timeline) { SystemIdentifier = row.SystemIdentifier };
    }
}
