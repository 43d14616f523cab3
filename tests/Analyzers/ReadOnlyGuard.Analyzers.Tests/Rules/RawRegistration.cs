using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.RegistrationIsNotRaw>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class RawRegistration
{
    [Theory]
    [InlineData("[|services.AddNpgsqlDataSource(cs)|];")]
    [InlineData("[|services.AddNpgsqlDataSource(cs, b => b.EnableDynamicJson())|];")]
    [InlineData("[|services.AddNpgsqlDataSource(cs, ServiceLifetime.Scoped)|];")]
    [InlineData("[|services.AddNpgsqlDataSource(cs, serviceKey: \"orders\")|];")]
    [InlineData("[|services.AddNpgsqlSlimDataSource(cs)|];")]
    [InlineData("[|services.AddMultiHostNpgsqlDataSource(cs)|];")]
    [InlineData("[|services.AddMultiHostNpgsqlSlimDataSource(cs)|];")]
    [InlineData("[|NpgsqlServiceCollectionExtensions.AddNpgsqlDataSource(services, cs)|];")]
    [InlineData("[|services.AddNpgsqlDataSource(cs)|].AddScoped<object>();")]
    [InlineData("[|services.AddNpgsqlDataSource(cs, serviceKey: \"Reports\")|];")]
    [InlineData("[|services.AddNpgsqlDataSource(cs, serviceKey: cs)|];")]
    [InlineData("Func<string, Action<NpgsqlDataSourceBuilder>, ServiceLifetime, ServiceLifetime, object?, IServiceCollection> add = [|services.AddNpgsqlDataSource|]; add(cs, b => { }, default, default, null);")]
    public Task Is_reported(string statement) => IsReportedIn(statement);

    [Theory]
    [InlineData("services.AddNpgsqlDataSource(\"Host=a,b;Target Session Attributes=standby\");")]
    [InlineData("services.AddNpgsqlDataSource($\"Host={cs};Target Session Attributes=standby\");")]
    [InlineData("services.AddNpgsqlDataSource(cs, b => b.ConnectionStringBuilder.TargetSessionAttributes = \"standby\");")]
    [InlineData("services.AddNpgsqlDataSource(cs); services.AddSingleton(p => ReadOnlyGuard.RecoveryWatcher.Watch(p.GetRequiredService<NpgsqlDataSource>()));")]
    [InlineData("services.AddNpgsqlDataSource(cs, serviceKey: \"reports\");")]
    [InlineData("services.AddNpgsqlSlimDataSource(cs, serviceKey: \"archive\");")]
    [InlineData("services.AddMultiHostNpgsqlDataSource(cs, serviceKey: Key);")]
    [InlineData("services.AddNpgsqlDataSource(cs, serviceKey: Database.Replica);")]
    [InlineData("services.AddWritableNpgsqlDataSource(cs);")]
    [InlineData("services.AddWritableNpgsqlSlimDataSource(cs, serviceKey: \"orders\");")]
    [InlineData("services.AddScoped<NpgsqlConnection>(provider => provider.GetRequiredService<ReadOnlyGuard.WritableDataSource>().CreateConnection());")]
    [InlineData("services.AddSingleton(new object());")]
    public Task Stays_silent(string statement) => IsReportedIn(statement);

    [Fact]
    public Task Stays_silent_under_the_attribute() => Code.IsSilentIn(Source("services.AddNpgsqlDataSource(cs);", "[ReadOnlyGuard.AllowRawNpgsql(\"reads a standby\")]"), WithOptions);

    [Fact]
    public Task Stays_silent_where_the_registration_is_not_referenced() => Code.IsSilentIn("""
        class Orders { static void AddNpgsqlDataSource(string cs) { } void Run() => AddNpgsqlDataSource(""); }
        """);

    static Task IsReportedIn(string statement) => Code.IsReportedIn(Source(statement), WithOptions);

    static string Source(string statement, string attribute = "") => "using Microsoft.Extensions.DependencyInjection;\n" + Testing.Code.InClass($$"""
        const string Key = "reports";
        enum Database { Primary, Replica }
        {{attribute}}
        void Configure(IServiceCollection services, string cs) { _ = Key; {{statement}} }
        """);

    static void WithOptions(Microsoft.CodeAnalysis.Testing.SolutionState state)
    {
        state.AnalyzerConfigFiles.Add(("/.editorconfig", "root = true\n[*.cs]\nreadonly_guard.replica_keys = reports, archive,Replica\n"));
        Testing.Code.WithRegistrations(state);
        state.AdditionalReferences.Add(Testing.References.Logging);
    }
}
