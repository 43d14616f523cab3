using Npgsql;
using ReadOnlyGuard;

// <connection string>: fills the ledger, each row in a transaction of its own, until stdin is closed; then says how many rows were
// written, and of how many that is unknown. In a process of its own.
var stopped = Task.Run(Console.In.ReadToEnd);
await using var source = WritableDataSource.Create(args[0]);
var (written, unknown) = (0, 0);
while (!stopped.IsCompleted)
    try
    {
        await source.ExecuteInTransactionAsync(async (connection, token) =>
        {
            await using var insert = new NpgsqlCommand("insert into ledger values (0, $1)", connection) { Parameters = { new() { Value = written + unknown } } };
            await insert.ExecuteNonQueryAsync(token);
        });
        written++;
    }
    catch (CommitOutcomeUnknownException)
    {
        // Its server was killed while it committed.
        unknown++;
    }
Console.WriteLine($"{written} {unknown}");
