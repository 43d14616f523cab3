using ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class NoFixIsOffered
{
    [Theory]
    [InlineData("object Make() => [|new NpgsqlConnection()|];")]
    [InlineData("NpgsqlConnection Make() => [|new()|];")]
    [InlineData("object Make() => [|new NpgsqlConnection { }|];")]
    [InlineData("object Make() => [|new NpgsqlConnection(null)|];")]
    [InlineData("object Make() => [|new NpgsqlConnection((string?)null)|];")]
    [InlineData("object Make() => [|new NpgsqlConnection { ConnectionString = null }|];")]
    [InlineData("object Make(dynamic cs) => [|new NpgsqlConnection(cs)|];")]
    [InlineData("object Make(string cs, ProvideClientCertificatesCallback f) => [|new NpgsqlConnection(cs) { ProvideClientCertificatesCallback = f }|];")]
    [InlineData("object Make(string cs, ProvideClientCertificatesCallback f) => [|new NpgsqlConnection { ConnectionString = cs, ProvideClientCertificatesCallback = f }|];")]
    [InlineData("object Make(string cs) => [|new NpgsqlConnection(cs) { ConnectionString = cs }|];")]
    public Task Where_no_guarded_call_means_the_same(string member) =>
        RawConnection.IsNotFixed("#pragma warning disable CS0618\n" + RawConnection.InClass(member));

    [Fact]
    public Task Where_a_directive_stands_inside_the_creation() => RawConnection.IsNotFixed(RawConnection.InClass("""
        object Make(string cs) => [|new
        #if NEVER
            MyConnection
        #else
            NpgsqlConnection
        #endif
            (cs)|];
        """));

    [Fact]
    public Task Where_WritableDataSource_is_not_referenced() => RawConnection.IsNotFixed(
        RawConnection.InClass("object Make(string cs) => [|new NpgsqlConnection(cs)|];"), RawConnection.WithoutRuntime);

    [Fact]
    public Task Where_WritableDataSource_cannot_be_reached() => RawConnection.IsNotFixed(
        RawConnection.InClass("object Make(string cs) => [|new NpgsqlConnection(cs)|];"),
        state =>
        {
            RawConnection.WithoutRuntime(state);
            state.AdditionalProjects["Other"].AdditionalReferences.AddRange(References.Framework);
            state.AdditionalProjects["Other"].Sources.Add("namespace ReadOnlyGuard { class WritableDataSource; }");
            state.AdditionalProjectReferences.Add("Other");
        });
}
