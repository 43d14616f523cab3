using System.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Blog.Raw;

public class BlogContext(DbContextOptions<BlogContext> options) : DbContext(options)
{
    // Borrowing the context's own connection is no way round: whoever configured the context decides.
    public async Task<long> CountAsync()
    {
        var connection = (NpgsqlConnection)Database.GetDbConnection();
        if (connection.State != ConnectionState.Open)
            await Database.OpenConnectionAsync();
        await using var command = new NpgsqlCommand("select count(*) from posts", connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    // This one is.
    public async Task VacuumAsync()
    {
        await using var connection = new NpgsqlConnection(Database.GetConnectionString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("vacuum posts", connection);
        await command.ExecuteNonQueryAsync();
    }
}
