using Microsoft.CodeAnalysis.Testing;
using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

/// <summary>Registrations are told by their shape, whoever ships them: these are Aspire's, and one of a host that there is not yet.</summary>
public sealed class RegistrationsByShape
{
    [Theory]
    [InlineData("[|builder.AddNpgsqlDataSource(\"shop\")|];")]
    [InlineData("[|builder.AddNpgsqlDataSource(\"shop\", configureDataSourceBuilder: b => b.EnableDynamicJson())|];")]
    [InlineData("[|builder.AddKeyedNpgsqlDataSource(\"shop\")|];")]
    [InlineData("[|builder.AddAzureNpgsqlDataSource(\"shop\", settings => settings.DisableHealthChecks = true)|];")]
    [InlineData("[|AspireNpgsqlExtensions.AddNpgsqlDataSource(builder, \"shop\")|];")]
    [InlineData("[|builder.Services.AddTomorrowsNpgsql(b => b.EnableDynamicJson())|];")]
    [InlineData("[|builder.Services.UseTimescale(b => b.EnableDynamicJson())|];")]
    [InlineData("[|builder.Services.AddPostgresDataSource(\"Host=a\")|];")]
    public Task Of_data_sources_are_reported(string statement) => Code<RegistrationIsNotRaw>.IsReportedIn(Source(statement), WithHosts);

    [Theory]
    [InlineData("[|builder.AddNpgsqlDbContext<Shop>(\"shop\")|];")]
    [InlineData("[|builder.AddNpgsqlDbContext<Shop>(\"shop\", settings => settings.DisableHealthChecks = true, o => o.EnableDetailedErrors())|];")]
    [InlineData("[|builder.AddAzureNpgsqlDbContext<Shop>(\"shop\")|];")]
    [InlineData("[|builder.Services.AddNpgsql<Shop>(\"Host=a\")|];")]
    [InlineData("[|builder.Services.AddShopContext<Shop>(\"Host=a\", o => o.CommandTimeout(1))|];")]
    public Task Of_contexts_are_reported(string statement) => Code<DbContextUsesTheGuard>.IsReportedIn(Source(statement), WithHosts);

    [Theory]
    [InlineData("builder.AddNpgsqlDataSource(\"reports\");")]
    [InlineData("builder.AddKeyedNpgsqlDataSource(\"reports\");")]
    [InlineData("builder.AddNpgsqlDataSource(\"shop\", settings => settings.ConnectionString = \"Host=a,b;Target Session Attributes=standby\");")]
    [InlineData("builder.AddNpgsqlDataSource(\"shop\", configureDataSourceBuilder: b => b.ConnectionStringBuilder.TargetSessionAttributes = \"standby\");")]
    [InlineData("builder.AddWritableNpgsqlDataSource(\"shop\");")]
    [InlineData("builder.EnrichNpgsqlDbContext<Shop>();")]
    [InlineData("builder.AddShopNpgsql(b => b.EnableDynamicJson());")]
    [InlineData("builder.Services.AddShopCache<Shop>(\"Host=a\"); new NpgsqlDataSourceBuilder().With(b => b.EnableDynamicJson());")]
    [InlineData("builder.Services.AddNpgsqlTracing(); builder.Services.AddEntityFrameworkNpgsql();")]
    [InlineData("AddNpgsqlDataSource(\"shop\"); void AddNpgsqlDataSource(string name) { }")]
    public async Task Stay_silent(string statement)
    {
        await Code<RegistrationIsNotRaw>.IsSilentIn(Source(statement), WithHosts);
        await Code<DbContextUsesTheGuard>.IsSilentIn(Source(statement), WithHosts);
    }

    internal static string Source(string statement) => "using Microsoft.EntityFrameworkCore;\nusing Microsoft.Extensions.DependencyInjection;\nusing Microsoft.Extensions.Hosting;\n" + Testing.Code.InClass($$"""
        class Shop : DbContext;
        void Configure(IHostApplicationBuilder builder) { {{statement}} }
        """) + Stubs;

    internal const string Stubs = """

        namespace Microsoft.Extensions.Hosting
        {
            using Microsoft.EntityFrameworkCore;

            sealed class Settings { public string? ConnectionString { get; set; } public bool DisableHealthChecks { get; set; } }

            static class AspireNpgsqlExtensions
            {
                public static void AddNpgsqlDataSource(this IHostApplicationBuilder builder, string connectionName, Action<Settings>? configureSettings = null, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) { }
                public static void AddKeyedNpgsqlDataSource(this IHostApplicationBuilder builder, string name, Action<Settings>? configureSettings = null, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) { }
                public static void AddAzureNpgsqlDataSource(this IHostApplicationBuilder builder, string connectionName, Action<Settings>? configureSettings = null, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) { }
                public static void AddNpgsqlDbContext<TContext>(this IHostApplicationBuilder builder, string connectionName, Action<Settings>? configureSettings = null, Action<DbContextOptionsBuilder>? configureDbContextOptions = null) where TContext : DbContext { }
                public static void AddAzureNpgsqlDbContext<TContext>(this IHostApplicationBuilder builder, string connectionName, Action<Settings>? configureSettings = null, Action<DbContextOptionsBuilder>? configureDbContextOptions = null) where TContext : DbContext { }
                public static void EnrichNpgsqlDbContext<TContext>(this IHostApplicationBuilder builder, Action<Settings>? configureSettings = null) where TContext : DbContext { }
            }

            static class ReadOnlyGuardAspireExtensions
            {
                public static void AddWritableNpgsqlDataSource(this IHostApplicationBuilder builder, string connectionName, Action<Settings>? configureSettings = null, Action<NpgsqlDataSourceBuilder>? configureDataSourceBuilder = null) { }
            }
        }

        static class Others
        {
            public static void AddTomorrowsNpgsql(this Microsoft.Extensions.DependencyInjection.IServiceCollection services, Action<NpgsqlDataSourceBuilder> configure) { }
            public static void UseTimescale(this Microsoft.Extensions.DependencyInjection.IServiceCollection services, Action<NpgsqlDataSourceBuilder> configure) { }
            public static void AddPostgresDataSource(this Microsoft.Extensions.DependencyInjection.IServiceCollection services, string connectionString) { }
            public static void AddShopContext<T>(this Microsoft.Extensions.DependencyInjection.IServiceCollection services, string connectionString, Action<Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.NpgsqlDbContextOptionsBuilder> configure) where T : Microsoft.EntityFrameworkCore.DbContext { }
            public static void AddShopCache<T>(this Microsoft.Extensions.DependencyInjection.IServiceCollection services, string connectionString) where T : Microsoft.EntityFrameworkCore.DbContext { }
            public static NpgsqlDataSourceBuilder With(this NpgsqlDataSourceBuilder builder, Action<NpgsqlDataSourceBuilder> configure) => builder;
            public static void AddNpgsqlTracing(this Microsoft.Extensions.DependencyInjection.IServiceCollection services) { }
            // Guarded inside, and under the rules itself.
            public static void AddShopNpgsql(this Microsoft.Extensions.Hosting.IHostApplicationBuilder builder, Action<NpgsqlDataSourceBuilder> configure) =>
                Microsoft.Extensions.Hosting.ReadOnlyGuardAspireExtensions.AddWritableNpgsqlDataSource(builder, "shop", null, configure);
        }
        """;

    internal static void WithHosts(SolutionState state)
    {
        state.AnalyzerConfigFiles.Add(("/.editorconfig", "root = true\n[*.cs]\nreadonly_guard.replica_keys = reports\n"));
        Code.WithRegistrations(state);
        state.AdditionalReferences.AddRange([.. References.EntityFramework, References.Hosting]);
    }
}
