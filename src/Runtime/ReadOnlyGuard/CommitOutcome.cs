namespace ReadOnlyGuard;

/// <summary>What is done when COMMIT was sent and no answer came, so that nobody knows whether the transaction is committed.</summary>
public enum CommitOutcome
{
    /// <summary>A <see cref="CommitOutcomeUnknownException"/> is thrown. Costs nothing while everything is well. The default.</summary>
    Throw,

    /// <summary>
    /// The outcome is found out where it can be proven, and thrown as unknown where it cannot. Costs one more round trip before each
    /// COMMIT, which learns the transaction's id, and one connection a server, kept open as a witness that the server did not crash.
    /// Needs PostgreSQL 13 or newer.
    /// </summary>
    Resolve,
}
