using Microsoft.Extensions.Options;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Options;

public sealed class DatabaseOptions
{
    public string? ConnectionString { get; set; }
    public string ReportConnectionString { get; set; } = "";
}

public sealed class Ledger(IOptionsMonitor<DatabaseOptions> options)
{
    public async Task WriteAsync(decimal amount)
    {
        using var connection = await WritableDataSource.For(options.CurrentValue.ConnectionString!).OpenConnectionAsync();
        using var command = new NpgsqlCommand("insert into ledger values (@amount)", connection);
        command.Parameters.AddWithValue("amount", amount);
        await command.ExecuteNonQueryAsync();
    }

    public NpgsqlConnection ForReports() => WritableDataSource.For(options.CurrentValue.ReportConnectionString).CreateConnection();
}
