namespace ReadOnlyGuard.Servers;

/// <summary>A primary and its streaming standby, and what happens to them in a failover.</summary>
public sealed class ReplicatedPair : IAsyncDisposable
{
    // A streaming standby has all that a primary wrote before it stopped in an orderly way: then the old primary can follow as it is.
    bool _stoppedInOrder;

    ReplicatedPair(PostgresServer primary, PostgresServer standby) => (Primary, Standby) = (primary, standby);

    /// <summary>The server that is, or was last made, the primary.</summary>
    public PostgresServer Primary { get; private set; }

    /// <summary>The other one; after a failover it is down, or still a primary, until <see cref="RejoinAsync"/>.</summary>
    public PostgresServer Standby { get; private set; }

    /// <summary>Starts both; returns when the standby streams.</summary>
    /// <param name="settings">For both, as <c>name=value</c>.</param>
    public static async Task<ReplicatedPair> StartAsync(params string[] settings)
    {
        var primary = await PostgresServer.StartNewAsync(settings);
        try
        {
            return new(primary, await PostgresServer.StartStandbyOfAsync(primary));
        }
        catch
        {
            await primary.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the standby has replayed all that the primary has written by now.</summary>
    public async Task CatchUpAsync()
    {
        var written = await Primary.QueryAsync<string>("select pg_current_wal_lsn()::text");
        await Eventually.HoldsAsync(
            () => Standby.QueryAsync<bool>($"select pg_last_wal_replay_lsn() >= '{written}'::pg_lsn"), $"the standby to replay up to {written}");
    }

    /// <summary>Stops the primary in an orderly way, which loses nothing, and promotes the standby. The old primary stays down.</summary>
    /// <returns>The old primary.</returns>
    public async Task<PostgresServer> FailOverAsync()
    {
        await Primary.StopAsync();
        var old = await PromoteStandbyAsync();
        _stoppedInOrder = true;
        return old;
    }

    /// <summary>Kills the primary and promotes the standby.</summary>
    /// <returns>The old primary.</returns>
    public async Task<PostgresServer> KillAndPromoteAsync()
    {
        await Primary.KillAsync();
        return await PromoteStandbyAsync();
    }

    /// <summary>Promotes the standby whatever the primary does: if it runs, there are two primaries now.</summary>
    /// <returns>The old primary.</returns>
    public async Task<PostgresServer> PromoteStandbyAsync()
    {
        await Standby.PromoteAsync();
        _stoppedInOrder = false;
        (Primary, Standby) = (Standby, Primary);
        return Standby;
    }

    /// <summary>Brings the old primary back as a standby of the new one, on its old port; stops it first if it runs.</summary>
    public async Task RejoinAsync()
    {
        var fresh = !_stoppedInOrder || Standby.IsRunning;
        if (Standby.IsRunning)
        {
            Standby.Thaw();
            await Standby.StopAsync(StopMode.Immediate);
        }

        await Standby.FollowAsync(Primary, fresh);
    }

    public async ValueTask DisposeAsync()
    {
        await Standby.DisposeAsync();
        await Primary.DisposeAsync();
    }
}
