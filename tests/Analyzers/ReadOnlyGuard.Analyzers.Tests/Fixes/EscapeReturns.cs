using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ConnectionDoesNotEscape, ReadOnlyGuard.CodeFixes.ConnectionDoesNotEscapeFixer>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class EscapeReturns
{
    [Fact]
    public Task To_the_source_that_it_borrowed_from() => Code.IsFixedInClass("""
        readonly ReadOnlyGuard.WritableDataSource _source = ReadOnlyGuard.WritableDataSource.For("Host=a");

        async Task<NpgsqlConnection> Run(CancellationToken cancellationToken)
        {
            await using var open = new NpgsqlConnection([|_source.ConnectionString|]);
            await open.OpenAsync(cancellationToken);
            NpgsqlConnection closed = new([|this._source.ConnectionString|]); // at first
            return closed;
        }
    """, """
        readonly ReadOnlyGuard.WritableDataSource _source = ReadOnlyGuard.WritableDataSource.For("Host=a");

        async Task<NpgsqlConnection> Run(CancellationToken cancellationToken)
        {
            await using var open = await _source.OpenConnectionAsync(cancellationToken);
            NpgsqlConnection closed = this._source.CreateConnection(); // at first
            return closed;
        }
    """);

    [Theory]
    [InlineData("object Run(NpgsqlConnection c, string cs) => [|c.CloneWith(cs)|];")]
    [InlineData("object Run(NpgsqlConnection c) => [|((ICloneable)c).Clone()|];")]
    [InlineData("object Run(WritableDataSource s) => new NpgsqlConnection([|s.ConnectionString|] + \";Pooling=false\");")]
    [InlineData("object Run(WritableDataSource s) => new NpgsqlDataSourceBuilder([|s.ConnectionString|]);")]
    [InlineData("object Run(WritableDataSource s) { var cs = [|s.ConnectionString|]; return new NpgsqlConnection(cs); }")]
    [InlineData("object Run(WritableDataSource s) { using var c = s.OpenConnection(); return new NpgsqlConnection([|c.ConnectionString|]); }")]
    public Task But_not_where_that_would_change_more(string member) => Code.IsNotFixed("using ReadOnlyGuard;\n" + Testing.Code.InClass(member));
}
