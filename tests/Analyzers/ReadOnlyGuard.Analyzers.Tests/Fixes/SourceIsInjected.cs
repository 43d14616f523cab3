using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using ReadOnlyGuard.Analyzers.Tests.Testing;
using ReadOnlyGuard.CodeFixes;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

/// <summary>An action of its own adds a parameter for the guarded source, where only a container calls.</summary>
public sealed class SourceIsInjected
{
    const string Title = "Inject a WritableDataSource";

    const string Usings = "using Microsoft.AspNetCore.Builder;\nusing Microsoft.Extensions.DependencyInjection;\nusing ReadOnlyGuard;\nusing Xunit;\n" + Testing.Code.Usings;

    const string Registration = """

        static class Startup
        {
            static void Add(IServiceCollection services) => services.AddWritableNpgsqlDataSource("Host=a").AddScoped<Orders>();
        }
        """;

    [Fact]
    public Task Into_the_constructor_beside_the_other_fields() => IsFixed("""
        class Orders
        {
            private readonly string _cs;

            public Orders(string cs)
            {
                _cs = cs;
            }

            public async Task<string> Run(CancellationToken token)
            {
                await using var connection = [|new NpgsqlConnection(_cs)|];
                await connection.OpenAsync(token);
                return connection.ServerVersion;
            }
        }
        """, """
        class Orders
        {
            private readonly string _cs;
            private readonly WritableDataSource _source;

            public Orders(string cs, WritableDataSource source)
            {
                _cs = cs;
                _source = source;
            }

            public async Task<string> Run(CancellationToken token)
            {
                await using var connection = await _source.OpenConnectionAsync(token);
                return connection.ServerVersion;
            }
        }
        """);

    [Fact]
    public Task Into_the_constructor_as_the_class_names_its_fields() => IsFixed("""
        class Orders
        {
            readonly string cs;

            internal Orders(
                string cs,
                int retries = 3)
            {
                this.cs = cs + retries;
            }

            object Run() => [|new NpgsqlConnection(cs)|];
        }
        """, """
        class Orders
        {
            readonly string cs;
            readonly WritableDataSource source;

            internal Orders(
                string cs,
                WritableDataSource source,
                int retries = 3)
            {
                this.cs = cs + retries;
                this.source = source;
            }

            object Run() => source.CreateConnection();
        }
        """);

    [Fact]
    public Task Into_a_constructor_of_one_expression() => IsFixed("""
        class Orders
        {
            private readonly string _cs;

            public Orders(string cs) => _cs = cs;

            object Run() => [|new NpgsqlConnection(_cs)|];
        }
        """, """
        class Orders
        {
            private readonly string _cs;
            private readonly WritableDataSource _source;

            public Orders(string cs, WritableDataSource source)
            {
                _cs = cs;
                _source = source;
            }

            object Run() => _source.CreateConnection();
        }
        """);

    [Fact]
    public Task Into_a_class_without_fields() => IsFixed("""
        class Orders
        {
            public Orders(string source)
            {
                ConnectionString = source;
            }

            string ConnectionString { get; }

            object Run() => [|new NpgsqlConnection(ConnectionString)|];
        }
        """, """
        class Orders
        {
            private readonly WritableDataSource _source;

            public Orders(string source, WritableDataSource writableDataSource)
            {
                ConnectionString = source;
                _source = writableDataSource;
            }

            string ConnectionString { get; }

            object Run() => _source.CreateConnection();
        }
        """);

    [Fact]
    public Task Into_the_primary_constructor() => IsFixed("""
        sealed class Orders(string cs)
        {
            object Run() => [|new NpgsqlConnection(cs)|];

            object Others(string source) => source;
        }
        """, """
        sealed class Orders(string cs, WritableDataSource source)
        {
            object Run() => source.CreateConnection();

            object Others(string source) => source;
        }
        """, "CS9113");

    [Fact]
    public async Task After_the_action_that_keeps_the_database() => Assert.Equal(
        ["Use WritableDataSource", Title],
        await TitlesAsync(Workbench.Empty.WithApplication("Shop", ("Orders.cs", Usings + "class Orders(string cs) { object Run() => new NpgsqlConnection(cs); }" + Registration))));

    [Theory]
    [InlineData("async (int id) =>", "async (int id, WritableDataSource source) =>")]
    [InlineData("() =>", "(WritableDataSource source) =>")]
    [InlineData("static async (int id, int page = 1) =>", "static async (int id, WritableDataSource source, int page = 1) =>")]
    public Task Into_the_handler_of_a_minimal_api(string before, string after)
    {
        string Source(string lambda, string connection) => $$"""
            class Orders
            {
                static void Map(WebApplication app) => app.MapPost("/orders", {{lambda}}
                {
                    using var connection = {{connection}};
                    {{(lambda.Contains("async", StringComparison.Ordinal) ? "await Task.Yield();" : "")}}
                    return connection.ServerVersion;
                });
            }
            """;
        return IsFixed(Source(before, "[|new NpgsqlConnection(\"Host=a\")|]"), Source(after, "source.CreateConnection()"));
    }

    [Theory]
    [InlineData("class Orders(string cs) { object Run() => new NpgsqlConnection(cs); object Other() => new Orders(cs); }")]
    [InlineData("class Orders(string cs) { object Run() => new NpgsqlConnection(cs); } class More(string cs) : Orders(cs) { }")]
    [InlineData("class Orders { string _cs; public Orders(string cs) => _cs = cs; public Orders() => _cs = \"\"; object Run() => new NpgsqlConnection(_cs); }")]
    [InlineData("class Orders { object Run(string cs) => new NpgsqlConnection(cs); }")]
    [InlineData("class Orders { public Orders() { } object Run(string cs) => new NpgsqlConnection(cs); }")]
    [InlineData("class Orders(string cs) { static object Run(string cs) => new NpgsqlConnection(cs); string Cs => cs; }")]
    [InlineData("class Orders(string cs) { readonly object _c = new NpgsqlConnection(cs); object C => _c; }")]
    [InlineData("class Orders(string cs) { object Run() => ((Func<string, object>)(static cs => new NpgsqlConnection(cs)))(cs); }")]
    [InlineData("class Orders(string cs) { [Fact] public void Run() => new NpgsqlConnection(cs).Open(); }")]
    [InlineData("class Orders(string cs) : Microsoft.EntityFrameworkCore.DbContext { object Run() => new NpgsqlConnection(cs); }")]
    [InlineData("class Orders(string cs) : Microsoft.AspNetCore.Mvc.RazorPages.PageModel { object Run() => new NpgsqlConnection(cs); }")]
    [InlineData("partial class Orders(string cs) { object Run() => new NpgsqlConnection(cs); } partial class Orders { }")]
    [InlineData("class Orders(string cs, WritableDataSource other) { object Run() => new NpgsqlConnection(cs); object Other => other; }")]
    [InlineData("record Orders(string Cs) { object Run() => new NpgsqlConnection(Cs); }")]
    [InlineData("class Orders { static void Run(Func<string, object> f) => Run(cs => new NpgsqlConnection(cs)); }")]
    public Task But_not_where_somebody_else_calls(string source) => IsNotOffered(source + Registration);

    [Fact]
    public Task But_not_where_no_source_is_registered() => IsNotOffered("class Orders(string cs) { object Run() => new NpgsqlConnection(cs); }");

    static Task IsFixed(string before, string after, params string[] disabled)
    {
        var test = new CSharpCodeFixTest<ConnectionIsNotCreatedRaw, ConnectionIsNotCreatedRawFixer, DefaultVerifier>
        {
            TestCode = Usings + before + Registration,
            FixedCode = Usings + after + Registration,
            CodeActionEquivalenceKey = Title,
            // Fix All keeps the database that each site named.
            CodeFixTestBehaviors = CodeFixTestBehaviors.SkipFixAllCheck,
        };
        test.DisabledDiagnostics.AddRange(disabled);
        return Testing.Code.Run(test, state => state.AdditionalReferences.AddRange(Testing.References.Applications));
    }

    static async Task IsNotOffered(string source)
    {
        var solution = Workbench.Empty.WithApplication("Shop", ("Orders.cs", Usings + source));
        Assert.Empty(await solution.CompileErrorsAsync());

        Assert.Contains("Use WritableDataSource", await TitlesAsync(solution));
        Assert.DoesNotContain(Title, await TitlesAsync(solution));
    }

    static async Task<IEnumerable<string>> TitlesAsync(Microsoft.CodeAnalysis.Solution solution) =>
        (await solution.ActionsAsync(new ConnectionIsNotCreatedRawFixer())).Select(action => action.Title);
}
