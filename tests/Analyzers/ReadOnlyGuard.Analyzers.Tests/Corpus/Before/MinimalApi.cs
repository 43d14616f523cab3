using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Npgsql;

var builder = WebApplication.CreateBuilder(args);
var app = builder.Build();
var connectionString = app.Configuration.GetConnectionString("Default");

app.MapGet("/orders/{id:int}", async (int id) =>
{
    await using var connection = new NpgsqlConnection(connectionString);
    var total = await connection.ExecuteScalarAsync<decimal?>("select total from orders where id = @id", new { id });
    return total is null ? Results.NotFound() : Results.Ok(total);
});

app.MapPost("/orders", async (Order order, CancellationToken cancellationToken) =>
{
    await using var connection = new NpgsqlConnection(connectionString);
    await connection.OpenAsync(cancellationToken);
    await using var command = new NpgsqlCommand("insert into orders (total) values ($1)", connection) { Parameters = { new() { Value = order.Total } } };
    await command.ExecuteNonQueryAsync(cancellationToken);
    return Results.Created();
});

app.MapGet("/health", () =>
{
    using NpgsqlConnection connection = new(connectionString);
    connection.Open();
    return Results.Ok(connection.ServerVersion);
});

app.Run();

record Order(decimal Total);
