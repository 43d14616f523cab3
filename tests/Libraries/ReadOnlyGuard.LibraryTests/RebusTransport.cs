using Npgsql;
using Rebus.Activation;
using Rebus.Config;
using Rebus.PostgreSql;
using ReadOnlyGuard.FailoverTests;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>Rebus's PostgreSQL transport over rented connections.</summary>
[Trait("Heavy", "yes")]
public sealed class RebusTransport(ITestOutputHelper output)
{
    public sealed record Entry(int Writer, int Number);

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Messages_go_on_being_sent_and_handled(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await switchover.Primary.ExecuteAsync("create table ledger (writer int, number int)");
        await using var source = WritableDataSource.Create(switchover.ConnectionString);
        using var activator = new BuiltinHandlerActivator();
        activator.Handle<Entry>(async entry =>
        {
            await using var connection = await source.OpenConnectionAsync();
            await Writers.InsertAsync(connection, entry.Writer, entry.Number);
        });

        var connections = new CustomPostgresConnectionProvider(async () => await source.OpenConnectionAsync(), autoStartTransactions: true);
        using var bus = Configure.With(activator)
            .Logging(logging => logging.None())
            .Transport(transport => transport.UsePostgreSql(connections, "messages", "entries"))
            .Start();

        await switchover.MessagesAreHandledAsync(output, (writer, number) => bus.SendLocal(new Entry(writer, number)));
    }
}
