using Npgsql;
using ReadOnlyGuard;

namespace Shop.Parts;

public partial class PartialRepository
{
    public async partial Task<long> CountAsync()
    {
        await using var connection = CreateConnection();
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select count(*) from parts", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public bool Exists(int id)
    {
        using var connection = WritableDataSource.For(_connectionString).OpenConnection();
        using var command = new NpgsqlCommand("select 1 from parts where id = $1", connection) { Parameters = { new() { Value = id } } };
        return command.ExecuteScalar() is not null;
    }
}
