namespace ReadOnlyGuard.Internal.Transactions;

/// <summary>What is kept for the COMMITs of one server: a witness, and those that nobody waits for any more.</summary>
sealed class ServerCommits(CommitWitness witness, LateCommits late) : IDisposable
{
    public CommitWitness Witness { get; } = witness;

    public LateCommits Late { get; } = late;

    public void Dispose() => Witness.Dispose();
}
