using Npgsql;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>For what takes nothing but a connection string: one whose host list begins with the waiting room of a guarded source.</summary>
[Trait("Heavy", "yes")]
public sealed class ConnectionStrings(ITestOutputHelper output)
{
    /// <summary>Npgsql believes nothing of these hosts, so that every open looks into the room first.</summary>
    public static string ThatWait(WritableDataSource source) => new NpgsqlConnectionStringBuilder(source.AsNpgsqlDataSource().ConnectionString)
    {
        TargetSessionAttributes = "read-write",
        HostRecheckSeconds = 0,
        // Password = …
    }.ConnectionString;

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task That_begin_with_the_waiting_room_wait(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await switchover.Primary.ExecuteAsync("create table ledger (writer int, number int)");
        await using var source = WritableDataSource.Create(switchover.ConnectionString);
        var connectionString = ThatWait(source);

        await switchover.WritesGoOnAsync(output, async (writer, number) =>
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            await FailoverTests.Writers.InsertAsync(connection, writer, number);
        });
    }
}
