using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>
/// Fills a guarded source's pool with connections to a hot standby. Its own rents would not pool one, so it goes past the guard as
/// ROG006 warns of: a clone of a rented connection takes from the same pool and is not validated.
/// </summary>
static class StalePool
{
    /// <summary>Afterwards the pool holds <paramref name="count"/> idle connections to the standby, and the balancer sends new ones there.</summary>
    public static async Task FillAsync(WritableDataSource source, LaggingBalancer balancer, PostgresServer standby, int count)
    {
        var stale = await OpenAsync(source, balancer, standby, count);
        foreach (var connection in stale)
            await connection.DisposeAsync();
    }

    /// <summary>The same, with the connections still rented.</summary>
    public static async Task<List<NpgsqlConnection>> OpenAsync(WritableDataSource source, LaggingBalancer balancer, PostgresServer standby, int count)
    {
        await using var rented = await source.OpenConnectionAsync();
        balancer.SwitchTo(standby);
        var stale = new List<NpgsqlConnection>();
        for (var i = 0; i < count; i++)
        {
            var clone = (NpgsqlConnection)((ICloneable)rented).Clone();
            await clone.OpenAsync();
            stale.Add(clone);
        }
        return stale;
    }
}
