using Npgsql;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>
/// The test of a pool's integrity: rented to its limit, it gives that many distinct backends. A connector pooled twice gives one
/// backend to two rents; a leaked slot ends in an exhausted pool.
/// </summary>
static class PoolLimit
{
    public static async Task GivesDistinctBackendsAsync(WritableDataSource source, int limit)
    {
        var rented = new List<NpgsqlConnection>();
        try
        {
            for (var i = 0; i < limit; i++)
                rented.Add(await source.OpenConnectionAsync());
            var backends = new HashSet<int>();
            foreach (var connection in rented)
            {
                await using var ask = new NpgsqlCommand("select pg_backend_pid()", connection);
                backends.Add((int)(await ask.ExecuteScalarAsync())!);
            }
            Assert.Equal(limit, backends.Count);
        }
        finally
        {
            foreach (var connection in rented)
                await connection.DisposeAsync();
        }
    }
}
