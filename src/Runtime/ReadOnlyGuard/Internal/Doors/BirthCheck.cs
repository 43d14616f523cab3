using Npgsql;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// Proves a new physical connection writable inside its own open, without blocking an asynchronous one. What it throws makes Npgsql take the
/// host for offline and go on to the next one, which is a waiting room in the end.
/// </summary>
sealed class BirthCheck(IReadOnlyList<Server> servers, OpenMode mode)
{
    readonly List<WeakReference<object>> _living = [];
    int _births;

    /// <summary>How many there were.</summary>
    public int Births => Volatile.Read(ref _births);

    /// <summary>Called for each: somebody opens connections.</summary>
    public Action? Seen { private get; set; }

    /// <summary>Whether more of them may be open than so many: Npgsql's own object for a connection lives as long as that.</summary>
    public bool MoreMayLiveThan(int few)
    {
        lock (_living)
        {
            _living.RemoveAll(connection => !connection.TryGetTarget(out _));
            return _living.Count > few;
        }
    }

    void Note(NpgsqlConnection connection)
    {
        Interlocked.Increment(ref _births);
        lock (_living)
            _living.Add(new(connection.PostgresParameters));
        Seen?.Invoke();
    }

    public void Check(NpgsqlConnection connection)
    {
        mode.SawSynchronous();
        Note(connection);
        var server = ServerOf(connection);
        ThrowUnlessWritable(server.Checker.Counted(server.Checker.Ask(connection, IsUsed)));
    }

    public async Task CheckAsync(NpgsqlConnection connection)
    {
        Note(connection);
        var server = ServerOf(connection);
        ServerAnswer answer;
        try
        {
            answer = await server.Checker.AskNewAsync(connection, IsUsed).WaitAsync(server.Checker.Timeout).ConfigureAwait(false);
        }
        catch (TimeoutException e)
        {
            answer = server.Checker.Failed(e);
        }
        ThrowUnlessWritable(server.Checker.Counted(answer));
    }

    // With several hosts the search alone decides which cluster is used.
    bool IsUsed => servers.Count == 1;

    Server ServerOf(NpgsqlConnection connection) => servers.First(server => server.Owns(connection));

    static void ThrowUnlessWritable(ServerAnswer answer)
    {
        if (answer.Role != ServerRole.Primary)
            throw new ReadOnlyServerException(answer, "The open goes on to the next host, or waits.");
    }
}
