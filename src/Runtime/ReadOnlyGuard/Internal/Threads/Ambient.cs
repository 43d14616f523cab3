using System.Transactions;

namespace ReadOnlyGuard.Internal.Threads;

/// <summary>The transaction around the caller, which is none of the guard's business.</summary>
static class Ambient
{
    public static TransactionScope Suppress() => new(TransactionScopeOption.Suppress, TransactionScopeAsyncFlowOption.Enabled);
}
