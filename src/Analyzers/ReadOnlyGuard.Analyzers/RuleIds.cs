namespace ReadOnlyGuard.Analyzers;

/// <summary>The IDs that users write into <c>.editorconfig</c>, <c>#pragma</c> and <c>[SuppressMessage]</c>; never reused.</summary>
static class RuleIds
{
    public const string RawConnection = "ROG001";
    public const string RawDataSource = "ROG002";
    public const string RawRegistration = "ROG003";
    public const string UnguardedEntityFramework = "ROG004";
    public const string IndirectCreation = "ROG005";
    public const string Escape = "ROG006";
    public const string OpenedTwice = "ROG007";
    public const string ContradictoryString = "ROG008";
    public const string UnusedExemption = "ROG009";
    public const string IneffectiveClear = "ROG010";
    public const string BrokenRetry = "ROG011";
    public const string ConnectionKept = "ROG012";
    public const string ReplicationConnection = "ROG013";
    public const string LibraryConnectionString = "ROG014";

    /// <summary>What <c>[AllowRawNpgsql]</c> exempts.</summary>
    public static readonly string[] RawUses = [RawConnection, RawDataSource, Escape, RawRegistration, IndirectCreation, UnguardedEntityFramework, ConnectionKept, ReplicationConnection, LibraryConnectionString];
}
