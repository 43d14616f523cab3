using Npgsql;
using ReadOnlyGuard.Internal.Checks;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// Proves a new physical connection writable inside its own open, without blocking an asynchronous one. What it throws makes Npgsql take
/// the host for offline and go on to the next one, which is a waiting room in the end.
/// </summary>
sealed class BirthCheck(IReadOnlyList<Server> servers, OpenMode mode, Fence fence)
{
    // For each server: of which of the fence's clusters its pool has loaded the types, and how often that was asked for besides.
    readonly int[] _typesOf = new int[servers.Count];
    int _reloads;

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
        if (TypesAreOld(server, out var now))
        {
            connection.ReloadTypes();
            TypesAreOf(server, now);
        }
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
        if (TypesAreOld(server, out var now))
        {
            await connection.ReloadTypesAsync().ConfigureAwait(false);
            TypesAreOf(server, now);
        }
    }

    /// <summary>
    /// Each pool loads the types again with its next new connection. Npgsql offers no other way: of a source with several hosts, a
    /// connection that was opened knows the whole source and not the pool that it came from; one that is being opened knows that pool.
    /// </summary>
    public void ReloadTypes() => Interlocked.Increment(ref _reloads);

    bool TypesAreOld(Server server, out int now)
        => Volatile.Read(ref _typesOf[IndexOf(server)]) != (now = fence.Clusters + Volatile.Read(ref _reloads));

    // Not before they are loaded: whoever is opened meanwhile loads them too.
    void TypesAreOf(Server server, int now) => Volatile.Write(ref _typesOf[IndexOf(server)], now);

    int IndexOf(Server server)
    {
        for (var i = 0; ; i++)
            if (servers[i] == server)
                return i;
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
