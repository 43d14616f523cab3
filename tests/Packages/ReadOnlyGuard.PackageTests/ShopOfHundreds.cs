using System.Globalization;
using System.Text;

namespace ReadOnlyGuard.PackageTests;

/// <summary>
/// The solution that docs/adopting.md walks through: projects of several people, in the styles they like, with hundreds of raw sites. It is
/// written by this class, so that nobody has to read it.
/// </summary>
sealed class ShopOfHundreds(PackedPackage package)
{
    const string Guard = "ReadOnlyGuard", EntityFrameworkCore = "ReadOnlyGuard.EntityFrameworkCore";

    readonly List<string> _projects = [];

    public string Folder { get; } = package.NewFolder();

    public async Task WriteAsync()
    {
        await WriteProjectAsync("Orders", Guard, Many(24, Repository));
        await WriteProjectAsync("Billing", Guard, Many(15, Sources));
        await WriteProjectAsync("Catalog", EntityFrameworkCore, Many(12, Context));
        await WriteProjectAsync("Api", EntityFrameworkCore, [("Program.cs", Api()), ("Listener.cs", Listener)], web: true);
        await WriteProjectAsync("Shared", Guard, [("Connections.cs", Shared)], frameworks: "netstandard2.0;net8.0;net10.0");
        await WriteProjectAsync("Reports", Guard, Many(8, Report));
        await WriteProjectAsync("Tests", EntityFrameworkCore, Many(4, Fixture));
        await WriteAsync("Shop.slnx", $"<Solution>{string.Concat(_projects.Select(name => $"""<Project Path="{name}/{name}.csproj" />"""))}</Solution>");
        await WriteAsync(".editorconfig", "root = true\n");
    }

    static (string, string)[] Many(int count, Func<int, string> file) =>
        [.. Enumerable.Range(1, count).Select(number => ($"File{number}.cs", file(number)))];

    static string Repository(int number) =>
        $$"""
        using System.Data;
        using System.Data.Common;
        using Npgsql;

        namespace Shop.Orders;

        public sealed class Repository{{number}}(string connectionString)
        {
            public async Task<object?> FindAsync(CancellationToken cancellationToken)
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(cancellationToken);
                await using var command = new NpgsqlCommand("select {{number}}", connection);
                return await command.ExecuteScalarAsync(cancellationToken);
            }

            public object? Find()
            {
                using (NpgsqlConnection connection = new(connectionString))
                {
                    connection.Open();
                    return new NpgsqlCommand("select {{number}}", connection).ExecuteScalar();
                }
            }

            public void Save()
            {
                DbConnection connection = new NpgsqlConnection(connectionString);
                try
                {
                    connection.Open();
                    connection.BeginTransaction().Commit();
                }
                finally
                {
                    connection.Dispose();
                }
            }

            // Dapper opens it.
            IDbConnection Connection => new NpgsqlConnection(connectionString);

            public string Name() => Connection.Database;
        }

        """;

    static string Sources(int number) =>
        $$"""
        using System.Collections.Concurrent;
        using Npgsql;

        namespace Shop.Billing;

        public sealed class Sources{{number}}(string connectionString)
        {
            readonly ConcurrentDictionary<string, NpgsqlDataSource> _tenants = new();
            readonly Lazy<NpgsqlDataSource> _later = new(() => NpgsqlDataSource.Create(connectionString));

            public NpgsqlDataSource Of(string tenant) => _tenants.GetOrAdd(tenant, NpgsqlDataSource.Create);

            public NpgsqlConnection Later() => _later.Value.OpenConnection();

            public NpgsqlDataSource Mapped()
            {
                var builder = new NpgsqlDataSourceBuilder(connectionString);
                builder.ConnectionStringBuilder.ApplicationName = "billing {{number}}";
                return builder
                    .EnableDynamicJson()
                    .Build();
            }

            public async Task<object?> CountAsync()
            {
                await using var source = NpgsqlDataSource.Create(connectionString);
                await using var command = source.CreateCommand("select {{number}}");
                return await command.ExecuteScalarAsync();
            }
        }

        """;

    static string Context(int number) =>
        $$"""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.DependencyInjection;

        namespace Shop.Catalog;

        public sealed class Context{{number}}(string? connectionString = null) : DbContext
        {
            protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseNpgsql(connectionString, npgsql => npgsql.CommandTimeout({{number}}));

            public static void Add(IServiceCollection services, string connectionString) =>
                services.AddDbContext<Context{{number}}>(options => options.UseNpgsql(connectionString));
        }

        """;

    static string Api()
    {
        var endpoints = new StringBuilder();
        for (var number = 1; number <= 40; number++)
            endpoints.Append(CultureInfo.InvariantCulture, $"app.MapGet(\"/{number}\", async (NpgsqlDataSource source) => await source.CreateCommand(\"select {number}\").ExecuteScalarAsync());\n");
        return
            $"""
            using Npgsql;

            var builder = WebApplication.CreateBuilder(args);
            var connectionString = builder.Configuration["Database"]!;
            builder.Services.AddNpgsqlDataSource(connectionString);
            builder.Services.AddKeyedSingleton("archive", (_, _) => NpgsqlDataSource.Create(connectionString + ";Database=archive"));
            var app = builder.Build();
            {endpoints}app.Run();

            """;
    }

    // The two that need somebody to look.
    const string Listener =
        """
        using Npgsql;

        public sealed class Listener
        {
            readonly NpgsqlConnection _connection = new();

            public void Start(string connectionString)
            {
                _connection.ConnectionString = connectionString;
                _connection.Open();
            }

            public NpgsqlConnection Probe(string server) => new($"Host={server};Timeout=2");
        }

        """;

    const string Shared =
        """
        using System;
        using Npgsql;

        public static class Connections
        {
        #if NET8_0_OR_GREATER
            public static NpgsqlConnection Default() => new(Environment.GetEnvironmentVariable("DB"));
        #endif

            public static string Read(NpgsqlConnection connection) => connection.Database;
        }

        """;

    static string Report(int number) =>
        $$"""
        using Npgsql;

        namespace Shop.Reports;

        public sealed class Report{{number}}(string standby)
        {
            readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(standby);

            public NpgsqlCommand Lines() => _source.CreateCommand("select {{number}}");

            public NpgsqlConnection Total() => new(standby);
        }

        """;

    static string Fixture(int number) =>
        $$"""
        using Npgsql;

        namespace Shop.Tests;

        public sealed class Fixture{{number}}(string connectionString) : IAsyncDisposable
        {
            public async Task FillAsync()
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync();
            }

            public ValueTask DisposeAsync()
            {
                NpgsqlConnection.ClearAllPools();
                return ValueTask.CompletedTask;
            }
        }

        """;

    async Task WriteProjectAsync(string name, string reference, (string Name, string Text)[] files, bool web = false, string frameworks = "net10.0")
    {
        _projects.Add(name);
        await WriteAsync(
            $"{name}/{name}.csproj",
            $"""
            <Project Sdk="Microsoft.NET.Sdk{(web ? ".Web" : "")}">
              <PropertyGroup>
                <TargetFrameworks>{frameworks}</TargetFrameworks>
                <LangVersion>latest</LangVersion>
                <Nullable>enable</Nullable>
                <ImplicitUsings Condition="'$(TargetFramework)' == 'net10.0'">enable</ImplicitUsings>
                <NoWarn>$(NoWarn);NU1603</NoWarn>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="{reference}" Version="{package.Version}" Condition="'$(TargetFramework)' != 'netstandard2.0'" />
                <PackageReference Include="Npgsql" Version="8.0.3" Condition="'$(TargetFramework)' == 'netstandard2.0'" />
                {(web ? """<PackageReference Include="Npgsql.DependencyInjection" Version="10.0.3" />""" : "")}
              </ItemGroup>
            </Project>
            """);
        foreach (var (file, text) in files)
            await WriteAsync($"{name}/{file}", text);
    }

    async Task WriteAsync(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, text);
    }
}
