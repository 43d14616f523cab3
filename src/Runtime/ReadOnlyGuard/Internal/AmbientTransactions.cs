using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Transactions;
using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>
/// Which ambient transactions hold physical connections that no <see cref="NpgsqlConnection"/> uses at the moment.
/// </summary>
/// <remarks>
/// Npgsql keeps the physical connection of an enlisted connection for its transaction when it is closed, and gives it to the next
/// open in the same transaction. Whoever enlisted another one instead would turn the commit into a two-phase one.
/// </remarks>
sealed class AmbientTransactions
{
    readonly ConcurrentDictionary<(Transaction, Server), int> _parked = new();
    readonly ConditionalWeakTable<NpgsqlConnection, Enlistment> _enlisted = new();
    int _active;

    sealed record Enlistment(Transaction Transaction, Server Server);

    public static TransactionScope Suppress() => new(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);

    public void Enlisted(NpgsqlConnection connection, Transaction transaction, Server server)
    {
        _enlisted.AddOrUpdate(connection, new(transaction, server));
        if (_parked.TryAdd((transaction, server), 0))
        {
            Interlocked.Increment(ref _active);
            transaction.TransactionCompleted += (_, _) =>
            {
                if (_parked.TryRemove((transaction, server), out _))
                    Interlocked.Decrement(ref _active);
            };
        }
    }

    /// <summary>A watched connection was closed; if it was enlisted, its transaction keeps the physical connection.</summary>
    public void Closed(NpgsqlConnection connection)
    {
        if (Volatile.Read(ref _active) == 0 || !_enlisted.TryGetValue(connection, out var enlistment))
            return;
        _enlisted.Remove(connection);
        Add(enlistment.Transaction, enlistment.Server, 1);
    }

    /// <summary>The server on which this transaction holds a free physical connection, if there is one.</summary>
    public Server? HolderOf(Transaction transaction)
    {
        if (Volatile.Read(ref _active) > 0)
            foreach (var ((holder, server), parked) in _parked)
                if (parked > 0 && holder == transaction)
                    return server;
        return null;
    }

    /// <summary>A connection was opened inside the transaction: whether it got the physical connection that the transaction held.</summary>
    public bool TakeHeld(Transaction transaction, Server server) => Add(transaction, server, -1);

    bool Add(Transaction transaction, Server server, int change)
    {
        while (_parked.TryGetValue((transaction, server), out var parked))
        {
            if (parked + change < 0)
                return false;
            if (_parked.TryUpdate((transaction, server), parked + change, parked))
                return true;
        }
        return false;
    }
}
