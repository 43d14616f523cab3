using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.RentedConnectionIsNotKept>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class KeptConnection
{
    const string Hosting = "\nnamespace Microsoft.Extensions.Hosting { interface IHostedService; }\n";

    [Theory]
    [InlineData("static NpgsqlConnection? _c; void Run(WritableDataSource s) => [|_c = s.OpenConnection()|];")]
    [InlineData("static NpgsqlConnection? _c; async Task Run(WritableDataSource s) => [|_c = await s.OpenConnectionAsync()|];")]
    [InlineData("static NpgsqlConnection? _c; void Run(WritableDataSource s) => [|_c ??= s.OpenConnection()|];")]
    [InlineData("static DbConnection? _c; void Run(WritableDataSource s) { var c = s.OpenConnection(); [|_c = c|]; }")]
    [InlineData("static NpgsqlConnection? C { get; set; } void Run(WritableDataSource s) => [|C = s.OpenConnection()|];")]
    [InlineData("public static readonly NpgsqlConnection C [|= WritableDataSource.For(\"Host=a\").OpenConnection()|];")]
    [InlineData("static NpgsqlConnection C { get; } [|= WritableDataSource.For(\"Host=a\").OpenConnection()|];")]
    [InlineData("static NpgsqlConnection? _c; void Run(NpgsqlDataSource s) => [|_c = s.OpenConnection()|];")]
    [InlineData("class Worker(WritableDataSource s) : IHostedService { NpgsqlConnection? _c; void Start() => [|_c = s.OpenConnection()|]; object? C => _c; }")]
    [InlineData("abstract class Background : IHostedService; class Worker(WritableDataSource s) : Background { NpgsqlConnection C { get; } [|= s.OpenConnection()|]; }")]
    [InlineData("static readonly WritableDataSource Source = WritableDataSource.For(\"Host=a\"); public static readonly Lazy<NpgsqlConnection> C [|= new(Source.OpenConnection)|];")]
    [InlineData("public static Lazy<NpgsqlConnection> C { get; } [|= new(() => WritableDataSource.For(\"Host=a\").OpenConnection())|];")]
    public Task Is_reported(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("NpgsqlConnection? _c; void Run(WritableDataSource s) => _c = s.OpenConnection();")]
    [InlineData("void Run(WritableDataSource s) { var c = s.OpenConnection(); c = s.OpenConnection(); }")]
    [InlineData("static NpgsqlConnection? _c; void Run(WritableDataSource s) => _c = s.CreateConnection();")]
    [InlineData("static NpgsqlConnection? _c; void Run(NpgsqlConnection c) => _c = c;")]
    [InlineData("static WritableDataSource? _s; void Run(WritableDataSource s) => _s = s;")]
    [InlineData("static Func<NpgsqlConnection>? _make; void Run(WritableDataSource s) => _make = () => s.OpenConnection();")]
    [InlineData("public static readonly Lazy<WritableDataSource> S = new(() => WritableDataSource.For(\"Host=a\"));")]
    [InlineData("static NpgsqlConnection C => WritableDataSource.For(\"Host=a\").OpenConnection();")]
    [InlineData("static string? _version; void Run(WritableDataSource s) => _version = s.OpenConnection().ServerVersion;")]
    [InlineData("class Worker(WritableDataSource s) : IHostedService { void Start() { using var c = s.OpenConnection(); } }")]
    [InlineData("static NpgsqlConnection? _c; [AllowRawNpgsql(\"LISTEN; it opens a new one when this one breaks\")] void Run(WritableDataSource s) => _c = s.OpenConnection();")]
    public Task Stays_silent(string member) => IsReportedIn(member);

    [Theory]
    [InlineData("s.AddSingleton<Worker>();")]
    [InlineData("s.AddSingleton<object, Worker>();")]
    [InlineData("s.AddSingleton<object>(p => new Worker(p.GetRequiredService<WritableDataSource>()));")]
    [InlineData("s.AddSingleton(p => new Worker(p.GetRequiredService<WritableDataSource>()));")]
    [InlineData("s.AddSingleton(typeof(object), typeof(Worker));")]
    [InlineData("s.AddKeyedSingleton<Worker>(1);")]
    [InlineData("s.TryAddSingleton<Worker>();")]
    public Task Is_reported_in_what_is_registered_as_a_singleton(string registration) => IsReportedWith(registration, "[|_c = s.OpenConnection()|]");

    [Theory]
    [InlineData("s.AddScoped<Worker>();")]
    [InlineData("s.AddTransient<Worker>();")]
    [InlineData("s.AddSingleton<object>();")]
    public Task Stays_silent_in_other_services(string registration) => IsReportedWith(registration, "_c = s.OpenConnection()");

    [Fact]
    public Task Is_reported_once_in_a_singleton_that_is_a_hosted_service_too() =>
        IsReportedWith("s.AddSingleton<Worker>();", "[|_c = s.OpenConnection()|]", " : IHostedService");

    static Task IsReportedWith(string registration, string use, string bases = "") => Code.IsReportedIn(
        "using ReadOnlyGuard;\nusing Microsoft.Extensions.DependencyInjection;\nusing Microsoft.Extensions.DependencyInjection.Extensions;\nusing Microsoft.Extensions.Hosting;\n" + Testing.Code.InClass($$"""
            void Add(IServiceCollection s) { {{registration}} }
            class Worker(WritableDataSource s){{bases}} { NpgsqlConnection? _c; void Start() => {{use}}; object? C => _c; }
            """) + Hosting,
        Testing.Code.WithRegistrations);

    [Fact]
    public Task Stays_silent_where_Npgsql_is_not_referenced() => Code.IsSilentIn(
        "class Source { public Source OpenConnection() => this; static Source? _c; void Run() => _c = OpenConnection(); object? C => _c; }", Testing.Code.WithoutNpgsql);

    static Task IsReportedIn(string member) => Code.IsReportedIn(
        "using ReadOnlyGuard;\nusing Microsoft.Extensions.Hosting;\n#pragma warning disable CS0169, CS0414, CS0649\n" + Testing.Code.InClass(member) + Hosting);
}
