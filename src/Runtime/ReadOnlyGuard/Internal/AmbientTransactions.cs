using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Transactions;
using Npgsql;

namespace ReadOnlyGuard.Internal;

/// <summary>Which physical connections the ambient transactions hold, and which of them no connection uses at the moment.</summary>
/// <remarks>
/// Npgsql keeps the physical connection of an enlisted connection for its transaction when it is closed, and gives it to the next
/// open in the same transaction. Whoever enlisted another one instead would turn the commit into a two-phase one. An enlistment that
/// the user made with EnlistTransaction of their own is not known here.
/// </remarks>
sealed class AmbientTransactions
{
    readonly ConcurrentDictionary<Transaction, Members> _members = new();
    readonly ConditionalWeakTable<NpgsqlConnection, Enlistment> _enlisted = new();

    // Every close of every connection asks whether there is any: the dictionary's own IsEmpty takes all its locks to say yes.
    int _transactions;

    /// <summary>The physical connections of one transaction; the value says whether it is free.</summary>
    sealed class Members : ConcurrentDictionary<(PhysicalConnection Physical, Server Server), bool>;

    sealed record Enlistment(Transaction Transaction, PhysicalConnection Physical, Server Server);

    public static TransactionScope Suppress() => new(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);

    /// <summary>A connection that is proven writable is open inside the transaction.</summary>
    public void Enlisted(NpgsqlConnection connection, Transaction transaction, PhysicalConnection physical, Server server)
    {
        _enlisted.AddOrUpdate(connection, new(transaction, physical, server));
        if (_members.TryAdd(transaction, []))
        {
            Interlocked.Increment(ref _transactions);
            transaction.TransactionCompleted += (_, _) =>
            {
                if (_members.TryRemove(transaction, out _))
                    Interlocked.Decrement(ref _transactions);
            };
        }
        if (_members.TryGetValue(transaction, out var members))
            members[(physical, server)] = false;
    }

    /// <summary>A watched connection was closed; if it was enlisted, its transaction keeps the physical connection.</summary>
    public void Closed(NpgsqlConnection connection)
    {
        if (Volatile.Read(ref _transactions) == 0 || !_enlisted.TryGetValue(connection, out var enlistment))
            return;
        _enlisted.Remove(connection);
        if (_members.TryGetValue(enlistment.Transaction, out var members))
            members[(enlistment.Physical, enlistment.Server)] = true;
    }

    /// <summary>The server on which this transaction holds a free physical connection, if there is one.</summary>
    public Server? HolderOf(Transaction transaction)
    {
        if (_members.TryGetValue(transaction, out var members))
            foreach (var (member, free) in members)
                if (free)
                    return member.Server;
        return null;
    }

    /// <summary>Whether this physical connection was proven writable and joined the transaction before.</summary>
    public bool Holds(Transaction transaction, PhysicalConnection physical, Server server)
        => _members.TryGetValue(transaction, out var members) && members.ContainsKey((physical, server));
}
