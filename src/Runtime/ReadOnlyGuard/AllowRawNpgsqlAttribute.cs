namespace ReadOnlyGuard;

/// <summary>
/// Says that the code it stands on opens PostgreSQL connections past the guard on purpose, and why.
/// The analyzers are silent there.
/// </summary>
/// <param name="reason">Why this code must not be guarded, for the next reader: "reads from the reporting standby".</param>
/// <remarks>
/// The analyzers match the attribute by its full name, so a project that uses the rules without the runtime package can declare
/// one of the same name itself.
/// </remarks>
[AttributeUsage(
    AttributeTargets.Assembly | AttributeTargets.Class | AttributeTargets.Struct | AttributeTargets.Constructor |
    AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field)]
public sealed class AllowRawNpgsqlAttribute(string reason) : Attribute
{
    /// <summary>Why this code must not be guarded.</summary>
    public string Reason { get; } = reason;
}
