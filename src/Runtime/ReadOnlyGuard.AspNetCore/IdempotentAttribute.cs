namespace ReadOnlyGuard;

/// <summary>
/// Says of an endpoint whether running a request again does no more than running it once. GET and HEAD are taken for idempotent without
/// it; <c>[Idempotent(false)]</c> says that one is not.
/// </summary>
/// <param name="isIdempotent">Whether <c>UseReadOnlyGuard</c> may run the request again.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method, AllowMultiple = false)]
public sealed class IdempotentAttribute(bool isIdempotent = true) : Attribute
{
    /// <summary>Whether the request may be run again.</summary>
    public bool IsIdempotent { get; } = isIdempotent;
}
