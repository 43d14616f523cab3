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
    [InlineData("class Repository(IServiceProvider services) { public object? S => services.GetService(typeof(NpgsqlMultiHostDataSource)); }")]
    [InlineData("static class Context { static void UseNpgsql(this object o) { } public static void Use(object o) => o.UseNpgsql(); }")]
    public Task But_not_where_something_asks_for_a_raw_data_source(string type) => Code.IsNotFixed(
        Source("[|services.AddNpgsqlDataSource(cs)|];") + type, Testing.Code.WithRegistrations);

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
