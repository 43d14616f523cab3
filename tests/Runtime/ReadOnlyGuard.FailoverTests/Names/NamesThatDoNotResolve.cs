using Npgsql;
using ReadOnlyGuard.FailoverTests.Doors;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Names;

/// <summary>A host name that the resolver does not know, for a while or for good, is a host that does not answer.</summary>
[Trait("Core", "yes")]
public sealed class NamesThatDoNotResolve
{
    const string Unknown = "nowhere.invalid";

    static Task<NpgsqlConnection> OpenAsync(string door, WritableDataSource source)
        => door == "OpenConnection" ? Task.Factory.StartNew(source.OpenConnection, TaskCreationOptions.LongRunning) : Door.OpenAsync(door, source).AsTask();

    public static TheoryData<string> Doors => [Door.Rent, "OpenConnection", Door.Unopened, Door.Shared];

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Alone_are_waited_for(string door)
    {
        await using var source = WritableDataSource.Create($"Host={Unknown};Username=postgres", options => options.FailoverTimeout = TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAnyAsync<NpgsqlException>(() => OpenAsync(door, source));
        if (door is Door.Rent or "OpenConnection")
            Assert.InRange(Assert.IsType<NoWritableServerException>(error).Waited, TimeSpan.FromSeconds(1), TimeSpan.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Beside_a_primary_fail_nobody(string door)
    {
        await using var server = await PostgresServer.StartNewAsync();
        await using var source = WritableDataSource.Create($"Host={Unknown},127.0.0.1:{server.Port};Username=postgres;Database=postgres");
        for (var i = 0; i < 3; i++)
        {
            await using var connection = await OpenAsync(door, source);
            Assert.Equal(server.Port, connection.Port);
        }
    }
}
