using Npgsql;
using ReadOnlyGuard;

// <connection string>: fills the ledger, each row in a transaction of its own, until stdin is closed; then says how many rows that were.
// In a process of its own.
var stopped = Task.Run(Console.In.ReadToEnd);
await using var source = WritableDataSource.Create(args[0]);
var rows = 0;
for (; !stopped.IsCompleted; rows++)
    await source.ExecuteInTransactionAsync(async (connection, token) =>
    {
        await using var insert = new NpgsqlCommand("insert into ledger values (0, $1)", connection) { Parameters = { new() { Value = rows } } };
        await insert.ExecuteNonQueryAsync(token);
    });
Console.WriteLine(rows);
