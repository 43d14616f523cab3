using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Api;

public static class OrderEndpoints
{
    public static IEndpointRouteBuilder MapOrders(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/orders");
        group.MapGet("/", List);
        group.MapDelete("/{id}", Delete);
        return endpoints;
    }

    private static async Task<Ok<List<int>>> List(IConfiguration configuration, CancellationToken ct)
    {
        var ids = new List<int>();
        await using var conn = await WritableDataSource.For(configuration["ConnectionStrings:Shop"]!).OpenConnectionAsync(ct);
        await using var cmd = new NpgsqlCommand("select id from orders", conn);
        await using var reader = await cmd.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
            ids.Add(reader.GetInt32(0));
        return TypedResults.Ok(ids);
    }

    private static async Task<IResult> Delete(int id, IConfiguration configuration)
    {
        var connectionString = configuration.GetConnectionString("Shop") ?? throw new InvalidOperationException("no connection string");
        using var conn = await WritableDataSource.For(connectionString).OpenConnectionAsync().ConfigureAwait(false);
        using var cmd = conn.CreateCommand();
        cmd.CommandText = "delete from orders where id = @id";
        cmd.Parameters.AddWithValue("id", id);
        return await cmd.ExecuteNonQueryAsync() == 0 ? TypedResults.NotFound() : TypedResults.NoContent();
    }
}
