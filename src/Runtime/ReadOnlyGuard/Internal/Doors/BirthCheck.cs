using Npgsql;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// Proves a new physical connection writable inside its own open, without blocking an asynchronous one. What it throws makes Npgsql take the
/// host for offline and go on to the next one, which is a waiting room in the end.
/// </summary>
sealed class BirthCheck(IReadOnlyList<Server> servers, TimeSpan timeout)
{
    int _births;

    /// <summary>How many there were.</summary>
    public int Births => Volatile.Read(ref _births);

    public void Check(NpgsqlConnection connection)
    {
        Interlocked.Increment(ref _births);
        var server = ServerOf(connection);
        ThrowUnlessWritable(server.Checker.Counted(server.Checker.Ask(connection)));
    }

    public async Task CheckAsync(NpgsqlConnection connection)
    {
        Interlocked.Increment(ref _births);
        var server = ServerOf(connection);
        ServerAnswer answer;
        try
        {
            answer = await server.Checker.AskNewAsync(connection).WaitAsync(timeout).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            answer = server.Checker.Failed(e);
        }
        ThrowUnlessWritable(server.Checker.Counted(answer));
    }

    Server ServerOf(NpgsqlConnection connection) => servers.First(server => server.Owns(connection));

    static void ThrowUnlessWritable(ServerAnswer answer)
    {
        if (answer.Role != ServerRole.Primary)
            throw new ReadOnlyServerException(answer, "The open goes on to the next host, or waits.");
    }
}
