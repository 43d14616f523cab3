using Npgsql;

namespace Metrics;

public sealed class BatchWriter : IAsyncDisposable
{
    private readonly NpgsqlDataSource _dataSource;

    public BatchWriter(string connectionString)
    {
        _dataSource = new NpgsqlDataSourceBuilder(connectionString).BuildWritable().AsNpgsqlDataSource();
    }

    public async Task WriteAsync(IReadOnlyCollection<(string Name, double Value)> metrics)
    {
        await using var batch = _dataSource.CreateBatch();
        foreach (var (name, value) in metrics)
        {
            batch.BatchCommands.Add(new NpgsqlBatchCommand("insert into metrics values ($1, $2)")
            {
                Parameters = { new() { Value = name }, new() { Value = value } },
            });
        }

        await batch.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _dataSource.DisposeAsync();
}
