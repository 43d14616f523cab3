using Dapper;
using Npgsql;

namespace Shop.Orders;

public record Order(int Id, string Customer, decimal Total);

public class OrderRepository
{
    private readonly string _connectionString;

    public OrderRepository(string connectionString)
    {
        _connectionString = connectionString;
    }

    public async Task<Order?> GetAsync(int id)
    {
        using var connection = new NpgsqlConnection(_connectionString);
        return await connection.QuerySingleOrDefaultAsync<Order>(
            "select id, customer, total from orders where id = @id", new { id });
    }

    public async Task<int> AddAsync(Order order)
    {
        await using var connection = new NpgsqlConnection(_connectionString);
        await connection.OpenAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var id = await connection.ExecuteScalarAsync<int>(
            "insert into orders (customer, total) values (@Customer, @Total) returning id", order, transaction);
        await transaction.CommitAsync();
        return id;
    }

    public int Delete(int id)
    {
        using (var connection = new NpgsqlConnection(_connectionString))
            return connection.Execute("delete from orders where id = @id", new { id });
    }
}
