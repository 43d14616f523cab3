using Microsoft.AspNetCore.Mvc;
using Npgsql;
using ReadOnlyGuard;

namespace Shop;

/// <summary>The four ways in which an order gets into the database.</summary>
static class Orders
{
    /// <summary>An order's key, chosen by the customer.</summary>
    public const string KeyHeader = "Idempotency-Key";

    public static IReadOnlyList<string> Ways { get; } = ["transaction", "context", "connection", "library"];

    const string Insert = "insert into orders (key, way) values ($1, $2)";

    public static void MapOrders(this WebApplication application)
    {
        // Run again where nothing of it can be committed.
        application.MapPost("/orders/transaction", ([FromHeader(Name = KeyHeader)] Guid key, WritableDataSource db, CancellationToken token) =>
            db.ExecuteInTransactionAsync(async (connection, token) =>
            {
                await using var insert = Command(Insert, connection, key, "transaction");
                await insert.ExecuteNonQueryAsync(token);
            }, cancellationToken: token));

        // The same, by EF Core.
        application.MapPost("/orders/context", async ([FromHeader(Name = KeyHeader)] Guid key, ShopContext shop, CancellationToken token) =>
        {
            shop.Add(new Order { Key = key, Way = "context" });
            await shop.SaveChangesAsync(token);
        });

        // One statement on a rented connection. It may be repeated, and says so: the request guard runs the request again.
        application.MapPost("/orders/connection", async ([FromHeader(Name = KeyHeader)] Guid key, WritableDataSource db, CancellationToken token) =>
        {
            await using var connection = await db.OpenConnectionAsync(token);
            await using var insert = Command(Insert + " on conflict do nothing", connection, key, "connection");
            await insert.ExecuteNonQueryAsync(token);
        }).Idempotent();

        // As a library does it that takes nothing but an NpgsqlDataSource: the guarded one, from the container.
        application.MapPost("/orders/library", async ([FromHeader(Name = KeyHeader)] Guid key, NpgsqlDataSource library, CancellationToken token) =>
        {
            await using var insert = library.CreateCommand(Insert);
            insert.Parameters.Add(new() { Value = key });
            insert.Parameters.Add(new() { Value = "library" });
            await insert.ExecuteNonQueryAsync(token);
        });
    }

    static NpgsqlCommand Command(string sql, NpgsqlConnection connection, Guid key, string way)
        => new(sql, connection) { Parameters = { new() { Value = key }, new() { Value = way } } };
}
