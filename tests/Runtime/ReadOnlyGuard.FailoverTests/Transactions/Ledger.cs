using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.Transactions;

/// <summary>A table without keys, so that what is written twice is there twice; and operations that write into it.</summary>
static class Ledger
{
    public static Task CreateAsync(PostgresServer server) => server.ExecuteAsync("create table entries (id int)");

    public static async Task WriteAsync(NpgsqlConnection connection, int id)
    {
        await using var insert = new NpgsqlCommand("insert into entries values ($1)", connection) { Parameters = { new() { Value = id } } };
        await insert.ExecuteNonQueryAsync();
    }

    public static void Write(NpgsqlConnection connection, int id)
    {
        using var insert = new NpgsqlCommand("insert into entries values ($1)", connection) { Parameters = { new() { Value = id } } };
        insert.ExecuteNonQuery();
    }

    public static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    public static async Task<IEnumerable<int>> EntriesAsync(PostgresServer server)
        => await server.QueryAsync<int[]>("select coalesce(array_agg(id order by id), '{}') from entries");

    /// <summary>Ends the backend of a connection as an administrator does; returns when it is gone.</summary>
    public static async Task TerminateAsync(PostgresServer server, NpgsqlConnection connection)
    {
        var process = connection.ProcessID;
        await server.ExecuteAsync($"select pg_terminate_backend({process})");
        await Eventually.HoldsAsync(
            () => server.QueryAsync<bool>($"select not exists (select from pg_stat_activity where pid = {process})"), "the backend to end");
    }

    /// <summary>Fails the first commits with an error of the server's, inside COMMIT itself.</summary>
    public static Task FailCommitsAsync(PostgresServer server, string sqlState, int times) => server.ExecuteAsync($"""
        create sequence commits;
        create function fail() returns trigger language plpgsql as $$ begin
            if nextval('commits') <= {times} then raise exception 'not yet' using errcode = '{sqlState}'; end if;
            return null;
        end $$;
        create constraint trigger failing after insert on entries deferrable initially deferred for each row execute function fail();
        """);

    /// <summary>Runs an operation the asynchronous or the synchronous way.</summary>
    public static async Task RunAsync(
        this WritableDataSource source, bool async, Func<NpgsqlConnection, Task> operation, WriteTransactionOptions? options = null)
    {
        if (async)
            await source.ExecuteInTransactionAsync((connection, _) => operation(connection), options);
        else
            // On a thread without a context; what the operation awaits is completed when it is done.
            await Task.Run(() => source.ExecuteInTransaction(connection => operation(connection).GetAwaiter().GetResult(), options));
    }
}
