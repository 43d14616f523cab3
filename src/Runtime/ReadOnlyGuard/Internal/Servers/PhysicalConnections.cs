using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Npgsql;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>
/// Tells which physical connection of one pool a rented <see cref="NpgsqlConnection"/> stands for, with public API only.
/// </summary>
/// <remarks>
/// <see cref="NpgsqlConnection.PostgresParameters"/> is one object for each physical connection, for as long as it lives: exact. The
/// backend's process id is three times cheaper to read, but the number comes back on other physical connections, so it is believed
/// only for a connection that came out of the pool's idle ones (see <see cref="KnownByProcess"/>) and only while no two living
/// connections share it.
/// </remarks>
sealed class PhysicalConnections(bool processIdsTell, bool birthsAreSeen = false)
{
    const int FirstPruning = 256, Slots = 256;

    readonly ConditionalWeakTable<object, PhysicalConnection> _exact = new();
    readonly ConcurrentDictionary<int, PhysicalConnection> _byProcess = new();
    readonly object _registering = new();

    // In front of the dictionary, for the warm path: the last one registered of those whose process ids share a slot.
    readonly PhysicalConnection?[] _slots = new PhysicalConnection?[Slots];
    int _pruneAt = FirstPruning;

    /// <summary>Whether <see cref="Births"/> sees every new one.</summary>
    public bool BirthsAreSeen { get; } = birthsAreSeen;

    /// <summary>
    /// The physical connection, if its process id alone tells it. The caller knows that the connection was idle in the pool, and not
    /// opened just now: every such connection was registered by <see cref="Of"/> when it was new.
    /// </summary>
    public PhysicalConnection? KnownByProcess(NpgsqlConnection connection)
    {
        if (!processIdsTell)
            return null;
        var process = connection.ProcessID;
        if (_slots[process & (Slots - 1)] is { } physical && physical.Process == process)
            return physical;
        return _byProcess.TryGetValue(process, out physical) && physical != PhysicalConnection.Ambiguous ? physical : null;
    }

    /// <summary>The physical connection, exactly; registers it when it is new, and is open.</summary>
    /// <param name="connection">A connection of this pool.</param>
    /// <param name="openedIn">For a new one: the pool's generation when its open began.</param>
    /// <param name="seenIn">For a new one: how many clears of the pool have begun by now.</param>
    /// <param name="typesOf">For a new one: of which cluster the pool has loaded the types.</param>
    public PhysicalConnection Of(NpgsqlConnection connection, int openedIn, int seenIn, int typesOf = 0)
    {
        if (IdentityOf(connection) is not { } identity)
            return new PhysicalConnection(null, openedIn, seenIn) { TypesOf = typesOf };
        if (_exact.TryGetValue(identity, out var physical))
            return physical;

        physical = new PhysicalConnection(identity, openedIn, seenIn) { TypesOf = typesOf };
        _exact.Add(identity, physical);
        if (processIdsTell && connection.ProcessID is not 0 and var process)
            Register(process, physical);
        return physical;
    }

    /// <returns><see langword="null"/> if it broke meanwhile, as a keepalive or its last query may find out.</returns>
    static object? IdentityOf(NpgsqlConnection connection)
    {
        try
        {
            return connection.PostgresParameters;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    void Register(int process, PhysicalConnection physical)
    {
        lock (_registering)
        {
            var shared = _byProcess.TryGetValue(process, out var other) && other.MayLive;
            _byProcess[process] = shared ? PhysicalConnection.Ambiguous : physical;
            // Emptied when shared, and every later one of this number is shared too: the slot never names an ambiguous one.
            physical.Process = process;
            Volatile.Write(ref _slots[process & (Slots - 1)], shared ? null : physical);
            if (_byProcess.Count < _pruneAt)
                return;
            foreach (var (number, known) in _byProcess)
                if (!known.MayLive)
                    _byProcess.TryRemove(number, out _);
            _pruneAt = Math.Max(FirstPruning, 2 * _byProcess.Count);
        }
    }
}
