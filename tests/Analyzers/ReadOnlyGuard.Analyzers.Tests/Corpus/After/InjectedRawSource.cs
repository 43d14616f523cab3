using System.Data.Common;
using Npgsql;

namespace Shop.Injected;

public class Visits
{
    private readonly NpgsqlDataSource dataSource;

    public Visits(NpgsqlDataSource dataSource)
    {
        this.dataSource = dataSource;
    }

    public async Task<int> AddAsync()
    {
        await using var cmd = dataSource.CreateCommand("insert into visits default values");
        return await cmd.ExecuteNonQueryAsync();
    }

    public NpgsqlConnection Open() => dataSource.OpenConnection();

    public DbConnection Create() { return dataSource.CreateConnection(); }
}
