using System.Data;
using System.Diagnostics;
using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>The pool of somebody else's data source, as far as public API shows it: what its connections lead to, and how it is cleared.</summary>
sealed class WatchedPool(NpgsqlDataSource source)
{
    // Nobody may be kept waiting by a look.
    const int MostHeld = 32, TimeoutSeconds = 2;

    // Its age tells a connection that was opened for the look from one that had been idle: both are measured to the microsecond, each by one
    // clock alone.
    const string Query =
        "SELECT pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only'), pg_catalog.date_part('epoch', pg_catalog.clock_timestamp()) - pg_catalog.date_part('epoch', backend_start) " +
        "FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid())";

    readonly int _mostHeld = Math.Clamp(new NpgsqlConnectionStringBuilder(source.ConnectionString).MaxPoolSize / 2, 1, MostHeld);

    /// <summary>
    /// Whether one of the idle connections leads to a standby. They are taken one after the other, and given back together, until one had to
    /// be opened anew.
    /// </summary>
    public Task<bool> HoldsStandbyAsync(CancellationToken cancellationToken) => HoldsAsync(static row => row.InRecovery, cancellationToken);

    /// <summary>The same for one that cannot write, for whatever reason.</summary>
    public Task<bool> HoldsReadOnlyAsync(CancellationToken cancellationToken) => HoldsAsync(static row => row.ReadOnly, cancellationToken);

    async Task<bool> HoldsAsync(Func<(bool InRecovery, bool ReadOnly, double Age), bool> isMeant, CancellationToken cancellationToken)
    {
        var held = new List<NpgsqlConnection>();
        try
        {
            while (held.Count < _mostHeld)
            {
                var began = Stopwatch.GetTimestamp();
                held.Add(await OpenAsync(cancellationToken).ConfigureAwait(false));
                var row = await QueryAsync(held[^1], cancellationToken).ConfigureAwait(false);
                if (isMeant(row))
                    return true;
                if (row.Age <= Stopwatch.GetElapsedTime(began).TotalSeconds)
                    return false;
            }
            return false;
        }
        catch (NpgsqlException)
        {
            return false;
        }
        finally
        {
            foreach (var connection in held)
                await Server.DisposeAsync(connection, async: true).ConfigureAwait(false);
        }
    }

    /// <summary>What the next connection leads to; <see cref="ServerRole.Unknown"/> if there is none.</summary>
    public async Task<ServerRole> AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var connection = await OpenAsync(cancellationToken).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
                return (await QueryAsync(connection, cancellationToken).ConfigureAwait(false)).InRecovery ? ServerRole.HotStandby : ServerRole.Primary;
        }
        catch (NpgsqlException)
        {
            return ServerRole.Unknown;
        }
    }

    public void Clear()
    {
        source.Clear();
        (source as NpgsqlMultiHostDataSource)?.ClearDatabaseStates();
    }

    async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => source is NpgsqlMultiHostDataSource hosts
        ? await hosts.OpenConnectionAsync(TargetSessionAttributes.Primary, cancellationToken).ConfigureAwait(false)
        : await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);

    static async Task<(bool InRecovery, bool ReadOnly, double Age)> QueryAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(Query, connection) { CommandTimeout = TimeoutSeconds };
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(CommandBehavior.SingleRow, cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
                return (reader.GetBoolean(0), reader.GetString(1) == "on", reader.GetDouble(2));
            }
        }
    }
}
