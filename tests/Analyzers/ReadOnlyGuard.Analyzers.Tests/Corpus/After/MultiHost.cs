using Npgsql;

namespace Shop.Hosts;

public sealed class Cluster : IAsyncDisposable
{
    readonly NpgsqlMultiHostDataSource _cluster;

    public Cluster(string hosts)
    {
        _cluster = new NpgsqlDataSourceBuilder($"Host={hosts};Database=shop").BuildMultiHost();
    }

    public NpgsqlDataSource Primary => _cluster.WithTargetSession(TargetSessionAttributes.Primary);

    public NpgsqlDataSource Standby => _cluster.WithTargetSession(TargetSessionAttributes.PreferStandby);

    public async Task WriteAsync(string sql)
    {
        await using var connection = await _cluster.OpenConnectionAsync(TargetSessionAttributes.Primary);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();
}
