using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class NamespaceIsImported
{
    const string Raw = "class Orders { object Make(string cs) => [|new NpgsqlConnection(cs)|]; }";
    const string Guarded = "class Orders { object Make(string cs) => WritableDataSource.For(cs).CreateConnection(); }";

    [Theory]
    [InlineData("using Npgsql;\n\n", "using Npgsql;\nusing ReadOnlyGuard;\n\n")]
    [InlineData("using System;\nusing Npgsql;\nusing Serilog;\n\n", "using System;\nusing Npgsql;\nusing ReadOnlyGuard;\nusing Serilog;\n\n")]
    [InlineData("// Copyright\n\nusing Npgsql;\n\n", "// Copyright\n\nusing Npgsql;\nusing ReadOnlyGuard;\n\n")]
    [InlineData("using Npgsql;\n\nnamespace Shop;\n\n", "using Npgsql;\nusing ReadOnlyGuard;\n\nnamespace Shop;\n\n")]
    [InlineData("using Npgsql;\nusing ReadOnlyGuard;\n\n", "using Npgsql;\nusing ReadOnlyGuard;\n\n")]
    [InlineData("#nullable enable\nusing Npgsql;\n\n", "#nullable enable\nusing Npgsql;\nusing ReadOnlyGuard;\n\n")]
    [InlineData("using Npgsql;\n\nnamespace ReadOnlyGuard.Shop;\n\n", "using Npgsql;\n\nnamespace ReadOnlyGuard.Shop;\n\n")]
    public Task Once_and_in_its_place(string before, string after) => RawConnection.IsFixed(before + Raw, after + Guarded, Serilog);

    [Theory]
    [InlineData("// Copyright\n\n", "// Copyright\n\nusing ReadOnlyGuard;\n\n")]
    [InlineData("namespace Shop;\n\n", "using ReadOnlyGuard;\n\nnamespace Shop;\n\n")]
    [InlineData("// Copyright\n// All rights reserved\n\nnamespace Shop;\n\n", "// Copyright\n// All rights reserved\n\nusing ReadOnlyGuard;\n\nnamespace Shop;\n\n")]
    public Task In_a_file_without_usings(string before, string after) => RawConnection.IsFixed(
        before + Raw, after + Guarded, state => state.Sources.Add(("Usings.cs", "global using Npgsql;")));

    [Fact]
    public Task Not_where_a_global_using_does() => RawConnection.IsFixed(
        "using Npgsql;\n\n" + Raw, "using Npgsql;\n\n" + Guarded, state => state.Sources.Add(("Usings.cs", "global using ReadOnlyGuard;")));

    [Fact]
    public Task Not_where_the_short_name_means_something_else() => RawConnection.IsFixed(
        "using Npgsql;\n\n" + Raw + "\nclass WritableDataSource;",
        "using Npgsql;\n\n" + Guarded.Replace("WritableDataSource", "ReadOnlyGuard.WritableDataSource") + "\nclass WritableDataSource;");

    [Fact]
    public Task Not_where_it_would_make_another_name_ambiguous() => RawConnection.IsFixed(
        "using Npgsql;\nusing Shop;\n\nclass Checks { WriteCheck? C => null; }\n" + Raw,
        "using Npgsql;\nusing Shop;\n\nclass Checks { WriteCheck? C => null; }\n" + Guarded.Replace("WritableDataSource", "ReadOnlyGuard.WritableDataSource"),
        state => state.Sources.Add(("Shop.cs", "namespace Shop { class WriteCheck; }")));

    [Fact]
    public Task By_its_whole_name_where_a_member_hides_the_namespace() => RawConnection.IsFixed(
        "using Npgsql;\n\nclass Orders { string WritableDataSource = \"\", ReadOnlyGuard = \"\"; object Make(string cs) => [|new NpgsqlConnection(cs + WritableDataSource + ReadOnlyGuard)|]; }",
        "using Npgsql;\n\nclass Orders { string WritableDataSource = \"\", ReadOnlyGuard = \"\"; object Make(string cs) => global::ReadOnlyGuard.WritableDataSource.For(cs + WritableDataSource + ReadOnlyGuard).CreateConnection(); }");

    [Theory]
    [InlineData("object? Make(bool b, string cs) => b ? [|new NpgsqlConnection(cs)|] : [|new NpgsqlConnection(cs + \";\")|];",
        "object? Make(bool b, string cs) => b ? WritableDataSource.For(cs).CreateConnection() : WritableDataSource.For(cs + \";\").CreateConnection();")]
    [InlineData("object? Make(bool b, string cs) => b ? null : [|new NpgsqlConnection(cs)|];",
        "object? Make(bool b, string cs) => b ? null : WritableDataSource.For(cs).CreateConnection();")]
    [InlineData("object? Make(bool b, string cs) => b ? [|new NpgsqlConnection(cs)|] : null;",
        "object? Make(bool b, string cs) => b ? WritableDataSource.For(cs).CreateConnection() : null;")]
    [InlineData("Func<NpgsqlConnection> Make(bool b, string cs) => b ? () => [|new NpgsqlConnection(cs)|] : (() => [|new NpgsqlConnection(cs)|]);",
        "Func<NpgsqlConnection> Make(bool b, string cs) => b ? () => WritableDataSource.For(cs).CreateConnection() : (() => WritableDataSource.For(cs).CreateConnection());")]
    [InlineData("Action Make(bool b, string cs) => b ? () => { using var c = [|new NpgsqlConnection(cs)|]; } : () => { };",
        "Action Make(bool b, string cs) => b ? () => { using var c = WritableDataSource.For(cs).CreateConnection(); } : () => { };")]
    [InlineData("string Make(string cs) => $\"{[|new NpgsqlConnection(cs)|]}\";",
        "string Make(string cs) => $\"{WritableDataSource.For(cs).CreateConnection()}\";")]
    public Task And_the_name_is_short_beside_a_colon(string before, string after) =>
        RawConnection.IsFixed(
        $"using System;\nusing Npgsql;\n\nclass Orders {{ {before} }}", $"using System;\nusing Npgsql;\nusing ReadOnlyGuard;\n\nclass Orders {{ {after} }}");

    [Fact]
    public Task Not_in_a_lambda_beside_a_colon_where_it_means_something_else() => RawConnection.IsFixed(
        "using System;\nusing Npgsql;\n\nclass Orders { Func<NpgsqlConnection> Make(bool b, string cs) => b ? () => [|new NpgsqlConnection(cs)|] : () => null!; class WritableDataSource; }",
        "using System;\nusing Npgsql;\n\nclass Orders { Func<NpgsqlConnection> Make(bool b, string cs) => b ? () => global::ReadOnlyGuard.WritableDataSource.For(cs).CreateConnection() : () => null!; class WritableDataSource; }");

    static void Serilog(Microsoft.CodeAnalysis.Testing.SolutionState state) => state.Sources.Add(("Serilog.cs", "namespace Serilog { class Log; }"));
}
