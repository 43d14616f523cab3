using LinqToDB;
using LinqToDB.Data;
using LinqToDB.DataProvider.PostgreSQL;
using LinqToDB.Mapping;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>linq2db opens the connections that its factory gives it closed.</summary>
[Trait("Heavy", "yes")]
public sealed class Linq2DbConnections(ITestOutputHelper output)
{
    [Table("ledger")]
    public sealed class Entry
    {
        [Column("writer")] public int Writer { get; set; }
        [Column("number")] public int Number { get; set; }
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Inserts_go_on(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await switchover.Primary.ExecuteAsync("create table ledger (writer int, number int)");
        await using var source = WritableDataSource.Create(switchover.ConnectionString);
        var options = new DataOptions().UseConnectionFactory(
            PostgreSQLTools.GetDataProvider(PostgreSQLVersion.v15), _ => source.CreateConnection());

        await switchover.WritesGoOnAsync(output, async (writer, number) =>
        {
            await using var db = new DataConnection(options);
            await db.InsertAsync(new Entry { Writer = writer, Number = number });
        });
    }
}
