using ReadOnlyGuard.Analyzers.Tests.Rules;
using ReadOnlyGuard.CodeFixes;
using static ReadOnlyGuard.Analyzers.Tests.Rules.RegistrationsByShape;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

/// <summary>Where a guarded counterpart of a host's registration is referenced, the fix calls that.</summary>
public sealed class RegistrationOfAHostIsGuarded
{
    const string KeyedCounterpart = """

        static class Keyed
        {
            public static void AddKeyedWritableNpgsqlDataSource(this Microsoft.Extensions.Hosting.IHostApplicationBuilder builder, string name, Action<Microsoft.Extensions.Hosting.Settings>? configureSettings = null) { }
            public static void AddWritableNpgsqlDbContext<T>(this Microsoft.Extensions.Hosting.IHostApplicationBuilder builder, string name, Action<Microsoft.Extensions.Hosting.Settings>? configureSettings = null) { }
        }
        """;

    [Theory]
    [InlineData("[|builder.AddNpgsqlDataSource(\"shop\")|];", "builder.AddWritableNpgsqlDataSource(\"shop\");")]
    [InlineData("[|builder.AddNpgsqlDataSource(\"shop\", configureDataSourceBuilder: b => b.EnableDynamicJson())|];", "builder.AddWritableNpgsqlDataSource(\"shop\", configureDataSourceBuilder: b => b.EnableDynamicJson());")]
    [InlineData("[|builder.AddKeyedNpgsqlDataSource(\"shop\", s => s.DisableHealthChecks = true)|];", "builder.AddKeyedWritableNpgsqlDataSource(\"shop\", s => s.DisableHealthChecks = true);")]
    public Task With_the_same_arguments(string before, string after) => Testing.Code<RegistrationIsNotRaw, RegistrationIsNotRawFixer>.IsFixed(
        Source(before) + KeyedCounterpart, Source(after) + KeyedCounterpart, WithHosts);

    [Fact]
    public Task And_that_of_a_context() => Testing.Code<DbContextUsesTheGuard, DbContextUsesTheGuardFixer>.IsFixed(
        Source("[|builder.AddNpgsqlDbContext<Shop>(\"shop\")|];") + KeyedCounterpart, Source("builder.AddWritableNpgsqlDbContext<Shop>(\"shop\");") + KeyedCounterpart, WithHosts);

    [Theory]
    [InlineData("[|builder.AddKeyedNpgsqlDataSource(\"shop\")|];")]
    [InlineData("[|builder.AddAzureNpgsqlDataSource(\"shop\")|];")]
    [InlineData("[|builder.AddNpgsqlDataSource(\"shop\", configureDataSourceBuilder: b => b.ConnectionStringBuilder.Multiplexing = true)|];")]
    [InlineData("[|builder.AddNpgsqlDataSource(\"shop\", settings => settings.ConnectionString = \"Host=a;Target Session Attributes=\" + builder)|];")]
    public Task But_not_where_there_is_none_that_does_the_same(string statement) =>
        Testing.Code<RegistrationIsNotRaw, RegistrationIsNotRawFixer>.IsNotFixed(Source(statement), WithHosts);
}
