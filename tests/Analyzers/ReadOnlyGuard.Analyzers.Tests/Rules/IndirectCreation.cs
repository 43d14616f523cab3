using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ConnectionIsNotCreatedIndirectly>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class IndirectCreation
{
    [Theory]
    [InlineData("object? Make() => [|NpgsqlFactory.Instance|].CreateConnection();")]
    [InlineData("DbProviderFactory Make() => [|NpgsqlFactory.Instance|];")]
    [InlineData("void Run() => DbProviderFactories.RegisterFactory(\"Npgsql\", [|NpgsqlFactory.Instance|]);")]
    [InlineData("object Make() => [|DbProviderFactories.GetFactory(\"Npgsql\")|];")]
    [InlineData("object Make() => [|Activator.CreateInstance<NpgsqlConnection>()|];")]
    [InlineData("object? Make() => [|Activator.CreateInstance(typeof(NpgsqlConnection), \"Host=a\")|];")]
    [InlineData("object Make(IServiceProvider p) => [|ActivatorUtilities.CreateInstance<NpgsqlConnection>(p)|];")]
    [InlineData("object Make() => [|new Lazy<NpgsqlConnection>()|];")]
    [InlineData("Lazy<NpgsqlConnection> Make() => [|new(true)|];")]
    [InlineData("T New<T>() where T : new() => new(); object Make() => [|New<NpgsqlConnection>()|];")]
    [InlineData("class Pool<T> where T : new() { } object Make() => [|new Pool<NpgsqlConnection>()|];")]
    [InlineData("void Add(IServiceCollection s) => [|s.AddScoped<NpgsqlConnection>()|];")]
    [InlineData("void Add(IServiceCollection s) => [|s.AddTransient<DbConnection, NpgsqlConnection>()|];")]
    [InlineData("void Add(IServiceCollection s) => [|s.AddSingleton(typeof(NpgsqlConnection))|];")]
    [InlineData("void Add(IServiceCollection s) => [|s.AddScoped(typeof(IDbConnection), typeof(NpgsqlConnection))|];")]
    [InlineData("void Add(IServiceCollection s) => [|s.AddKeyedScoped<NpgsqlConnection>(\"orders\")|];")]
    [InlineData("class Pool<T>(int size) where T : new() { public int Size => size; } class Mine(int size) : [|Pool<NpgsqlConnection>(size)|] { }")]
    [InlineData("class Pool<T>(int size) where T : new() { public int Size => size; } class Mine : Pool<NpgsqlConnection> { public Mine() [|: base(3)|] { } }")]
    [InlineData("object Make(string cs) => [|new NpgsqlDataAdapter(\"select 1\", cs)|];")]
    [InlineData("object Make() => [|ActivatorUtilities.CreateFactory(typeof(NpgsqlConnection), [typeof(string)])|];")]
    [InlineData("Func<NpgsqlConnection> Make => [|Activator.CreateInstance<NpgsqlConnection>|];")]
    [InlineData("T New<T>() where T : new() => new(); Func<NpgsqlConnection> Make => [|New<NpgsqlConnection>|];")]
    [InlineData("Func<DbConnection?> Make => [|NpgsqlFactory.Instance|].CreateConnection;")]
    public Task Is_reported(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("object? Make() => NpgsqlFactory.Instance.CreateCommand();")]
    [InlineData("object? Make() => NpgsqlFactory.Instance.CreateConnectionStringBuilder();")]
    [InlineData("object Make(string cs) => NpgsqlFactory.Instance.CreateDataSource(cs);")]
    [InlineData("string Make() => nameof(NpgsqlFactory.Instance);")]
    [InlineData("Func<string, DbDataSource> Make => NpgsqlFactory.Instance.CreateDataSource;")]
    [InlineData("Func<NpgsqlCommand> Make => Activator.CreateInstance<NpgsqlCommand>;")]
    [InlineData("object Make() => ActivatorUtilities.CreateFactory(typeof(NpgsqlCommand), [typeof(NpgsqlConnection)]);")]
    [InlineData("T Same<T>(T t) => t; Func<NpgsqlConnection, NpgsqlConnection> Make => Same<NpgsqlConnection>;")]
    [InlineData("object Make() => DbProviderFactories.GetFactory(\"Microsoft.Data.Sqlite\");")]
    [InlineData("object Make(string name) => DbProviderFactories.GetFactory(name);")]
    [InlineData("object Make() => Activator.CreateInstance<NpgsqlCommand>();")]
    [InlineData("object? Make() => Activator.CreateInstance(typeof(Orders), typeof(NpgsqlConnection).Name);")]
    [InlineData("object Make() => new Lazy<NpgsqlCommand>();")]
    [InlineData("object Make(Func<NpgsqlConnection> f) => new Lazy<NpgsqlConnection>(f);")]
    [InlineData("T Same<T>(T t) => t; object Make(NpgsqlConnection c) => Same(c);")]
    [InlineData("class Pool<T> { } object Make() => new Pool<NpgsqlConnection>();")]
    [InlineData("object Make() => new List<NpgsqlConnection>();")]
    [InlineData("void Add(IServiceCollection s, Func<IServiceProvider, NpgsqlConnection> f) => s.AddScoped(f);")]
    [InlineData("void Add(IServiceCollection s, NpgsqlConnection c) => s.AddSingleton(c);")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql(\"looks at one server\")] void Add(IServiceCollection s) => s.AddScoped<NpgsqlConnection>();")]
    [InlineData("class Pool<T>(int size) { public int Size => size; } class Mine(int size) : Pool<NpgsqlConnection>(size) { }")]
    [InlineData("object Make(NpgsqlConnection c) => new NpgsqlDataAdapter(\"select 1\", c);")]
    public Task Stays_silent(string member) => IsReportedIn(member);

    [Fact]
    public Task Stays_silent_where_Npgsql_is_not_referenced() => Code.IsSilentIn(
        "class NpgsqlConnection { object C => new System.Lazy<NpgsqlConnection>(); }", Testing.Code.WithoutNpgsql);

    static Task IsReportedIn(string member) => Code.IsReportedIn(
        "using Microsoft.Extensions.DependencyInjection;\n" + Testing.Code.InClass(member), Testing.Code.WithRegistrations);
}
