using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddNpgsqlDataSource("Host=db;Database=shop");
var app = builder.Build();

app.MapPost("/visits", async (NpgsqlConnection connection) =>
{
    await connection.OpenAsync();
    await using var command = new NpgsqlCommand("insert into visits default values", connection);
    return await command.ExecuteNonQueryAsync() == 1 ? Results.NoContent() : Results.Problem();
});

app.Run();
