using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ClearReachesThePool, ReadOnlyGuard.CodeFixes.ClearReachesThePoolFixer>;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class ClearIsOfTheDataSource
{
    [Fact]
    public Task That_the_connection_came_from() => Code.IsFixedInClass("""
        readonly ReadOnlyGuard.WritableDataSource _source = ReadOnlyGuard.WritableDataSource.For("Host=a");

        async Task Run(NpgsqlDataSource other)
        {
            await using var a = await _source.OpenConnectionAsync();
            using var b = this._source.CreateConnection();
            using var c = other.OpenConnection();
            // all of them
            [|NpgsqlConnection.ClearPool(a)|]; // one
            [|NpgsqlConnection.ClearPool(b)|];
            [|NpgsqlConnection.ClearPool(c)|];
        }
    """, """
        readonly ReadOnlyGuard.WritableDataSource _source = ReadOnlyGuard.WritableDataSource.For("Host=a");

        async Task Run(NpgsqlDataSource other)
        {
            await using var a = await _source.OpenConnectionAsync();
            using var b = this._source.CreateConnection();
            using var c = other.OpenConnection();
            // all of them
            _source.Clear(); // one
            this._source.Clear();
            other.Clear();
        }
    """);

    [Theory]
    [InlineData("NpgsqlDataSource Source() => null!; void Run() { using var c = Source().OpenConnection(); [|NpgsqlConnection.ClearPool(c)|]; }")]
    [InlineData("void Run(NpgsqlDataSource s) { s.OpenConnection(); [|NpgsqlConnection.ClearAllPools()|]; }")]
    public Task But_not_where_that_cannot_be_named(string member) => Code.IsNotFixedInClass(member);
}
