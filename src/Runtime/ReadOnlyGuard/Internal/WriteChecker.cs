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

    public ServerAnswer Ask(NpgsqlConnection connection)
    {
        ReadOnlyErrorSignal.Mute();
        try
        {
            var answer = Judge(Query(connection));
            return Counted(answer.Role == ServerRole.Primary && check.Step is { } step && !step(connection) ? Refused : answer);
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    public async Task<ServerAnswer> AskAsync(NpgsqlConnection connection)
    {
        ReadOnlyErrorSignal.Mute();
        try
        {
            var answer = Judge(await QueryAsync(connection).ConfigureAwait(false));
            return Counted(answer.Role == ServerRole.Primary && check.AsyncStep is { } step
                && !await step(connection, CancellationToken.None).ConfigureAwait(false) ? Refused : answer);
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    /// <summary>Asks without taking the transaction's snapshot, so that the transaction stays as its owner began it.</summary>
    public ServerAnswer AskInsideTransaction(NpgsqlConnection connection)
    {
        ReadOnlyErrorSignal.Mute();
        try
        {
            return Counted(new(endpoint.Host, endpoint.Port, WriteCheckQuery.RoleInsideTransaction(connection, timeout)));
        }
        catch (PostgresException e) when (SqlStates.MeansReadOnly(e.SqlState))
        {
            // A hot standby refuses the BEGIN of a serializable transaction.
            return Counted(new(endpoint.Host, endpoint.Port, ServerRole.HotStandby));
        }
        catch (Exception e)
        {
            return Failed(e);
        }
    }

    /// <summary>No connection, or no answer from it.</summary>
    public ServerAnswer Failed(Exception? error) => Counted(new(endpoint.Host, endpoint.Port, ServerRole.Unknown, Error: error));

    ServerAnswer Refused => new(endpoint.Host, endpoint.Port, ServerRole.ReadOnlyPrimary);

    CheckRow Query(NpgsqlConnection connection)
    {
        while (true)
        {
            var identity = _tellsIdentity;
            using var command = WriteCheckQuery.Command(connection, identity, timeout);
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

    async Task<CheckRow> QueryAsync(NpgsqlConnection connection)
    {
        while (true)
        {
            var identity = _tellsIdentity;
            var command = WriteCheckQuery.Command(connection, identity, timeout);
            await using (command.ConfigureAwait(false))
            {
                try
                {
                    return await WriteCheckQuery.RunAsync(command).ConfigureAwait(false);
                }
                catch (PostgresException e) when (identity && SqlStates.MeansIdentityUnavailable(e.SqlState))
                {
                    StopAskingForIdentity(e);
                }
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

    ServerAnswer Judge(CheckRow row)
    {
        var role = row switch
        {
            { InRecovery: true } => ServerRole.HotStandby,
            { ReadOnly: true } => ServerRole.ReadOnlyPrimary,
            { SystemIdentifier: { } cluster, Timeline: { } timeline } when !fence.Admits(endpoint, cluster, timeline) => ServerRole.StalePrimary,
            _ => ServerRole.Primary,
        };
        return new(endpoint.Host, endpoint.Port, role, row.Timeline);
    }

    ServerAnswer Counted(ServerAnswer answer)
    {
        var tags = _tags;
        tags.Add("outcome", Telemetry.Outcome(answer.Role));
        Telemetry.Checks.Add(1, tags);
        return answer;
    }
}
