using Dapper;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>Dapper opens the connections that it is given closed.</summary>
[Trait("Heavy", "yes")]
public sealed class DapperQueries(ITestOutputHelper output)
{
    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Statements_go_on(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await switchover.Primary.ExecuteAsync("create table ledger (writer int, number int)");
        await using var source = WritableDataSource.Create(switchover.ConnectionString);

        await switchover.WritesGoOnAsync(output, async (writer, number) =>
        {
            await using var connection = source.CreateConnection();
            await connection.ExecuteAsync("insert into ledger values (@writer, @number)", new { writer, number });
        });
    }
}
