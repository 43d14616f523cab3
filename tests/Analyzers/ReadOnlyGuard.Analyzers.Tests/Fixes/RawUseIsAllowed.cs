using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ConnectionIsNotCreatedRaw, ReadOnlyGuard.CodeFixes.AllowWithReasonFixer>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class RawUseIsAllowed
{
    [Fact]
    public Task On_the_member_that_holds_it() => Code.IsFixedAndImportedInClass("""
        readonly NpgsqlConnection _field = [|new("Host=a")|];

        /// <summary>Documented.</summary>
        [Obsolete("old")]
        public object Method()
        {
            return Local() ?? [|new NpgsqlConnection("Host=a")|];
            object Local() => [|new NpgsqlConnection("Host=b")|];
        }

        // a property
        object Property { get { return [|new NpgsqlConnection("Host=a")|]; } }
    """, """
        [AllowRawNpgsql("TODO: say why")]
        readonly NpgsqlConnection _field = new("Host=a");

        /// <summary>Documented.</summary>
        [AllowRawNpgsql("TODO: say why")]
        [Obsolete("old")]
        public object Method()
        {
            return Local() ?? new NpgsqlConnection("Host=a");
            object Local() => new NpgsqlConnection("Host=b");
        }

        // a property
        [AllowRawNpgsql("TODO: say why")]
        object Property { get { return new NpgsqlConnection("Host=a"); } }
    """);

    [Fact]
    public Task On_the_type_where_no_member_holds_it() => Code.IsFixed("""
        using Npgsql;
        using ReadOnlyGuard;

        class Repository(NpgsqlConnection c) { public NpgsqlConnection C => c; }
        class Orders(string cs) : Repository([|new NpgsqlConnection(cs)|]);

        """, """
        using Npgsql;
        using ReadOnlyGuard;

        class Repository(NpgsqlConnection c) { public NpgsqlConnection C => c; }
        [AllowRawNpgsql("TODO: say why")]
        class Orders(string cs) : Repository(new NpgsqlConnection(cs));

        """);

    [Fact]
    public Task By_an_attribute_that_the_project_declares_itself() => Code.IsFixed("""
        using Npgsql;
        using ReadOnlyGuard;

        class Orders
        {
            object C => [|new NpgsqlConnection("Host=a")|];
        }
        namespace ReadOnlyGuard { class AllowRawNpgsqlAttribute(string reason) : System.Attribute { public string Reason => reason; } }

        """, """
        using Npgsql;
        using ReadOnlyGuard;

        class Orders
        {
            [AllowRawNpgsql("TODO: say why")]
            object C => new NpgsqlConnection("Host=a");
        }
        namespace ReadOnlyGuard { class AllowRawNpgsqlAttribute(string reason) : System.Attribute { public string Reason => reason; } }

        """, Testing.Code.WithoutRuntime);

    [Fact]
    public Task Not_where_the_attribute_is_not_referenced() => Code.IsNotFixed(
        Testing.Code.InClass("object C => [|new NpgsqlConnection(\"Host=a\")|];"), Testing.Code.WithoutRuntime);

    [Fact]
    public Task Not_in_top_level_statements() => Code.IsNotFixed(
        "using var connection = [|new Npgsql.NpgsqlConnection(args[0])|];", Testing.Code.TopLevel);
}
