using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

var builder = WebApplication.CreateBuilder(args);
var shop = builder.Configuration.GetConnectionString("Shop")!;

// Reported once; every use of what it registers is silent.
builder.Services.AddNpgsqlDataSource(shop);
builder.Services.AddDbContext<Catalogue>(options => options.UseNpgsql());
builder.Services.AddKeyedSingleton("audit", (_, _) => NpgsqlDataSource.Create($"{shop};Database=audit"));
builder.Services.AddScoped<Orders>();

var app = builder.Build();

app.MapGet("/orders", async (NpgsqlDataSource db) =>
{
    await using var command = db.CreateCommand("select count(*) from orders");
    return await command.ExecuteScalarAsync();
});

app.MapPost("/orders", async (Orders orders, string customer) => await orders.AddAsync(customer) == 1 ? Results.NoContent() : Results.Problem());

app.MapDelete("/orders/{id:int}", async (int id, [FromKeyedServices("audit")] NpgsqlDataSource audit, NpgsqlDataSource db) =>
{
    await using var batch = db.CreateBatch();
    batch.BatchCommands.Add(new NpgsqlBatchCommand("delete from orders where id = $1") { Parameters = { new() { Value = id } } });
    await batch.ExecuteNonQueryAsync();
    await using var connection = await audit.OpenConnectionAsync();
    await using var command = new NpgsqlCommand("insert into deletions values ($1)", connection) { Parameters = { new() { Value = id } } };
    await command.ExecuteNonQueryAsync();
});

app.Run();

sealed class Catalogue(DbContextOptions<Catalogue> options) : DbContext(options);

sealed class Orders(NpgsqlDataSource db)
{
    public async Task<int> AddAsync(string customer)
    {
        await using var command = db.CreateCommand("insert into orders (customer) values ($1)");
        command.Parameters.AddWithValue(customer);
        return await command.ExecuteNonQueryAsync();
    }
}
