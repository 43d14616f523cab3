using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>Asks one server, through a connection to it, whether it can be written to. It never throws: a failure is an answer.</summary>
sealed class WriteChecker(Endpoint endpoint, WriteCheck check, TimeSpan timeout, Fence fence, ILogger logger)
{
    readonly TagList _tags = new() { { "server.address", endpoint.Host }, { "server.port", endpoint.Port } };

    // Turned off for good when the server cannot tell: then fencing is off, and everything else works.
    volatile bool _tellsIdentity = true;

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
            return answer.Role == ServerRole.Primary && check.Step is { } step && !step(connection, timeout) ? Refused : answer;
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
    /// Asks a connection that is being opened, without a thread of its own. Not bounded: whoever stops waiting breaks the connection, and that
    /// ends the query.
    /// </summary>
    public async Task<ServerAnswer> AskNewAsync(NpgsqlConnection connection)
    {
        OwnTraffic.Begin();
        try
        {
            while (true)
            {
                var identity = _tellsIdentity;
                var command = WriteCheckQuery.Command(connection, identity, timeoutSeconds: 0);
                await using (command.ConfigureAwait(false))
                    try
                    {
                        var answer = Judge(await WriteCheckQuery.RunAsync(command).ConfigureAwait(false));
                        return answer.Role == ServerRole.Primary && !await StepAsync(connection).ConfigureAwait(false) ? Refused : answer;
                    }
                    catch (PostgresException e) when (identity && SqlStates.MeansIdentityUnavailable(e.SqlState))
                    {
                        StopAskingForIdentity(e);
                    }
            }
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    async Task<bool> StepAsync(NpgsqlConnection connection)
        => check.AsyncStep is { } asyncStep ? await asyncStep(connection, CancellationToken.None).ConfigureAwait(false)
            : check.Step is not { } step || await AbandonableWork.StartAsync("check of " + endpoint.Host, () => step(connection, timeout)).ConfigureAwait(false);

    /// <summary>
    /// Asks a server that is not the primary whether it may have succeeded it. A primary of another cluster has not: that one is another host
    /// name's mistake, or a copy that nobody has switched to.
    /// </summary>
    /// <param name="row">What it said of itself.</param>
    /// <returns>Its answer if it is on the newest timeline that was seen; otherwise <see langword="null"/>.</returns>
    public ServerAnswer? Look(CheckRow row)
    {
        if (row.InRecovery)
            Found(ServerRole.HotStandby);
        if (row is not { InRecovery: false, SystemIdentifier: { } cluster, Timeline: { } timeline } || !fence.IsNewest(cluster, timeline))
            return null;
        // One that is read-only is the successor all the same: what the old primary acknowledges is lost.
        fence.Admits(endpoint, cluster, timeline);
        return Judge(row);
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
    {
        while (true)
        {
            var identity = _tellsIdentity;
            using var command = WriteCheckQuery.Command(connection, identity, ConnectionString.WholeSeconds(timeout));
            try
            {
                return WriteCheckQuery.Run(command);
            }
            catch (PostgresException e) when (identity && SqlStates.MeansIdentityUnavailable(e.SqlState))
            {
                StopAskingForIdentity(e);
            }
        }
    }

    void StopAskingForIdentity(PostgresException e)
    {
        if (!_tellsIdentity)
            return;
        _tellsIdentity = false;
        Log.FencingOff(logger, endpoint.Host, endpoint.Port, e.SqlState);
    }

    /// <summary>What follows from what the server said of itself.</summary>
    public ServerAnswer Judge(CheckRow row, bool isUsed = true)
    {
        var role = row switch
        {
            { InRecovery: true } => ServerRole.HotStandby,
            { ReadOnly: true } => ServerRole.ReadOnlyPrimary,
            { SystemIdentifier: { } cluster, Timeline: { } timeline } when !fence.Admits(endpoint, cluster, timeline, isUsed) => ServerRole.StalePrimary,
            _ => ServerRole.Primary,
        };
        if (!row.InRecovery)
            _timeline = row.Timeline ?? Unknown;
        Found(role);
        return new(endpoint.Host, endpoint.Port, role, row.Timeline);
    }
}
