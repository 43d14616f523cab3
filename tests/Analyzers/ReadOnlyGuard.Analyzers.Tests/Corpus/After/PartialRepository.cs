using Npgsql;
using ReadOnlyGuard;

namespace Shop.Parts;

public partial class PartialRepository
{
    private readonly string _connectionString;

    public PartialRepository(string connectionString) => _connectionString = connectionString;

    public partial Task<long> CountAsync();

    protected NpgsqlConnection CreateConnection() => WritableDataSource.For(_connectionString).CreateConnection();
}
