using Npgsql;
using ReadOnlyGuard;

namespace Shop.Replicas;

public sealed class Reports
{
    const string Replica = "Host=replica1,replica2;Target Session Attributes=prefer-standby;Database=shop";

    readonly NpgsqlDataSource _standbys = NpgsqlDataSource.Create("Host=a,b;Database=shop;Target Session Attributes=standby");

    public async Task<long> CountAsync()
    {
        await using var connection = new NpgsqlConnection(Replica);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("select count(*) from orders", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    [AllowRawNpgsql("asks a replica by hand for its delay")]
    public static NpgsqlConnection OfOneReplica(string host) => new($"Host={host};Database=postgres");
}
