using Microsoft.Extensions.Options;
using Npgsql;

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
        using var connection = new NpgsqlConnection(options.CurrentValue.ConnectionString);
        await connection.OpenAsync();
        using var command = new NpgsqlCommand("insert into ledger values (@amount)", connection);
        command.Parameters.AddWithValue("amount", amount);
        await command.ExecuteNonQueryAsync();
    }

    public NpgsqlConnection ForReports() => new NpgsqlConnection(options.CurrentValue.ReportConnectionString);
}
