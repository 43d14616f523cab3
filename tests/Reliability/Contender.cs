using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.Reliability;

/// <summary>One way to write to a pair of servers that fails over.</summary>
sealed class Contender(string name, Func<ReplicatedPair, (Func<int, int, Task> Write, IAsyncDisposable Source)> begin)
{
    public string Name { get; } = name;

    /// <summary>Begins with the pair as it is: its primary is the first host.</summary>
    public (Func<int, int, Task> Write, IAsyncDisposable Source) Begin(ReplicatedPair pair) => begin(pair);

    public static IReadOnlyList<Contender> All { get; } =
    [
        new("Npgsql, one host", pair => Over(new NpgsqlDataSourceBuilder(pair.Primary.ConnectionString()).Build())),
        new("Npgsql, two hosts", pair => Over(new NpgsqlDataSourceBuilder(BothHosts(pair) + ";Target Session Attributes=read-write").Build())),
        new("ReadOnlyGuard, OpenConnectionAsync", Rents),
        new("ReadOnlyGuard, ExecuteInTransactionAsync", Transactions),
    ];

    public static Contender Rents(WritableDataSource source) => new("OpenConnectionAsync", _ => (RentsOf(source), source));

    public static Contender Transactions(WritableDataSource source) => new("ExecuteInTransactionAsync", _ => (TransactionsOf(source), source));

    public static string BothHosts(ReplicatedPair pair)
        => $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres";

    static (Func<int, int, Task>, IAsyncDisposable) Rents(ReplicatedPair pair)
    {
        var source = WritableDataSource.Create(BothHosts(pair));
        return (RentsOf(source), source);
    }

    static (Func<int, int, Task>, IAsyncDisposable) Transactions(ReplicatedPair pair)
    {
        var source = WritableDataSource.Create(BothHosts(pair));
        return (TransactionsOf(source), source);
    }

    static Func<int, int, Task> RentsOf(WritableDataSource source) => async (writer, number) =>
    {
        await using var connection = await source.OpenConnectionAsync();
        await Ledger.InsertAsync(connection, writer, number);
    };

    static Func<int, int, Task> TransactionsOf(WritableDataSource source) => (writer, number) =>
        source.ExecuteInTransactionAsync((connection, token) => Ledger.InsertAsync(connection, writer, number, token));

    static (Func<int, int, Task>, IAsyncDisposable) Over(NpgsqlDataSource source) => (async (writer, number) =>
    {
        await using var connection = await source.OpenConnectionAsync();
        await Ledger.InsertAsync(connection, writer, number);
    }, source);
}
