namespace ReadOnlyGuard.PackageTests;

/// <summary>What consumers run: one insert, after which they tell how many write checks the guard's meter counted.</summary>
static class Programs
{
    public const string Raw =
        """
        using System.Diagnostics.Metrics;
        using Npgsql;

        var checks = 0L;
        using var meter = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name == "readonlyguard.checks")
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        meter.SetMeasurementEventCallback<long>((_, count, _, _) => Interlocked.Add(ref checks, count));
        meter.Start();

        await using var connection = new NpgsqlConnection(args[0]);
        await connection.OpenAsync();
        await using var insert = new NpgsqlCommand("insert into entries values ($1)", connection) { Parameters = { new() { Value = args[1] } } };
        await insert.ExecuteNonQueryAsync();
        Console.WriteLine($"Npgsql {typeof(NpgsqlConnection).Assembly.GetName().Version}, {checks} checked");
        """;

    public static string Guarded { get; } = Raw
        .Replace("new NpgsqlConnection(args[0]);", "await ReadOnlyGuard.WritableDataSource.For(args[0]).OpenConnectionAsync();", StringComparison.Ordinal)
        .Replace("await connection.OpenAsync();", "", StringComparison.Ordinal);

    public const string RawContext =
        """
        using Microsoft.EntityFrameworkCore;

        await using var entries = new Entries(args[0]);
        await entries.Database.ExecuteSqlAsync($"insert into entries values ({args[1]})");
        Console.WriteLine(entries.Database.CreateExecutionStrategy().RetriesOnFailure);

        sealed class Entries(string? connectionString) : DbContext
        {
            protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseNpgsql(connectionString, npgsql => npgsql.CommandTimeout(5));
        }
        """;

    public const string WebApplication =
        """
        using Microsoft.AspNetCore.Builder;
        using Microsoft.AspNetCore.Hosting;
        using Microsoft.AspNetCore.Http;
        using Microsoft.Extensions.DependencyInjection;
        using Npgsql;
        using ReadOnlyGuard;

        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddWritableNpgsqlDataSource(args[0]);
        builder.Services.AddReadOnlyGuard();
        builder.Services.AddHealthChecks().AddWritableNpgsql();
        await using var app = builder.Build();
        app.UseReadOnlyGuard();
        app.MapHealthChecks("/health");
        app.MapPut("/entries/{writer}", async (string writer, WritableDataSource db) =>
        {
            await using var insert = new NpgsqlCommand("insert into entries values ($1)", await db.OpenConnectionAsync()) { Parameters = { new() { Value = writer } } };
            await insert.ExecuteNonQueryAsync();
            return Results.NoContent();
        }).Idempotent();
        await using (var _ = new NpgsqlConnection(args[0])) { }
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new(app.Urls.Single()) };
        var answer = await client.PutAsync("/entries/" + args[1], null);
        Console.WriteLine($"{answer.StatusCode}, {await client.GetStringAsync("/health")}");
        """;

    public const string VisualBasic =
        """
        Imports Npgsql

        Module Program
            Sub Main(args As String())
                Using connection As New NpgsqlConnection(args(0))
                    connection.Open()
                End Using
            End Sub
        End Module
        """;
}
