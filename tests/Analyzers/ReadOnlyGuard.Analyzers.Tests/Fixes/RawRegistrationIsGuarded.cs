using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.RegistrationIsNotRaw, ReadOnlyGuard.CodeFixes.RegistrationIsNotRawFixer>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class RawRegistrationIsGuarded
{
    [Fact]
    public Task With_the_same_arguments() => Code.IsFixed(Source("""
        [|services.AddNpgsqlDataSource(cs)|];
        [|services
            .AddNpgsqlDataSource(cs, b => b.EnableDynamicJson(), ServiceLifetime.Scoped, serviceKey: "orders")|] // kept
            .AddScoped<object>();
        [|services.AddNpgsqlSlimDataSource(cs, (p, b) => b.EnableArrays())|];
        [|services.AddMultiHostNpgsqlDataSource(cs)|];
        """), Source("""
        services.AddWritableNpgsqlDataSource(cs);
        services
            .AddWritableNpgsqlDataSource(cs, b => b.EnableDynamicJson(), ServiceLifetime.Scoped, serviceKey: "orders") // kept
            .AddScoped<object>();
        services.AddWritableNpgsqlSlimDataSource(cs, (p, b) => b.EnableArrays());
        services.AddWritableNpgsqlDataSource(cs);
        """), Testing.Code.WithRegistrations);

    [Theory]
    [InlineData("class Repository(NpgsqlDataSource source) { public object S => source; }")]
    [InlineData("class Repository(IServiceProvider services) { public object S => services.GetRequiredService<NpgsqlDataSource>(); }")]
    [InlineData("static class Context { static void UseNpgsql(this object o) { } public static void Use(object o) => o.UseNpgsql(); }")]
    public Task Beside_what_asks_for_an_NpgsqlDataSource(string type) => Code.IsFixed(
        Source("[|services.AddNpgsqlDataSource(cs)|];") + type, Source("services.AddWritableNpgsqlDataSource(cs);") + type, Testing.Code.WithRegistrations);

    [Theory]
    [InlineData("class Repository(NpgsqlMultiHostDataSource source) { public object S => source; }")]
    [InlineData("class Repository(IServiceProvider services) { public object? S => services.GetService(typeof(NpgsqlMultiHostDataSource)); }")]
    public Task But_not_where_something_asks_for_one_of_several_hosts(string type) => Code.IsNotFixed(
        Source("[|services.AddMultiHostNpgsqlDataSource(cs)|];") + type, Testing.Code.WithRegistrations);

    [Theory]
    [InlineData("[|services.AddNpgsqlDataSource(\"\")|];")]
    [InlineData("[|services.AddNpgsqlDataSource(\"Database=shop\")|];")]
    [InlineData("[|services.AddNpgsqlDataSource(cs + \";Multiplexing=true\")|];")]
    [InlineData("[|services.AddNpgsqlDataSource(cs, b => b.ConnectionStringBuilder.Multiplexing = true)|];")]
    [InlineData("[|services.AddNpgsqlDataSource(cs, b => b.ConnectionStringBuilder.TargetSessionAttributes = cs)|];")]
    public Task But_not_where_the_guard_would_not_do_the_same(string statement) => Code.IsNotFixed(Source(statement), Testing.Code.WithRegistrations);

    [Fact]
    public Task Where_an_action_completes_the_string() => Code.IsFixed(
        Source("[|services.AddNpgsqlDataSource(\"Database=shop\", b => b.ConnectionStringBuilder.Host = cs)|];"),
        Source("services.AddWritableNpgsqlDataSource(\"Database=shop\", b => b.ConnectionStringBuilder.Host = cs);"),
        Testing.Code.WithRegistrations);

    [Fact]
    public Task But_not_where_it_is_called_by_its_type() => Code.IsNotFixed(
        Source("[|NpgsqlServiceCollectionExtensions.AddNpgsqlDataSource(services, cs)|];"), Testing.Code.WithRegistrations);

    [Fact]
    public Task But_not_where_the_guard_is_not_referenced() => Code.IsNotFixed(
        Source("[|services.AddNpgsqlDataSource(cs)|];"), state =>
        {
            Testing.Code.WithRegistrations(state);
            Testing.Code.WithoutRuntime(state);
        });

    static string Source(string statements) => "using Microsoft.Extensions.DependencyInjection;\n" + Testing.Code.InClass($$"""
        void Configure(IServiceCollection services, string cs)
        {
        {{statements}}
        }
        """);
}
