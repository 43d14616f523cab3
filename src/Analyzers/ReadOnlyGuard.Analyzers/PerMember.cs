using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// What a rule reads from a whole member. The member is read once, however many of its operations ask: a rule that walks the member for
/// each of them takes the square of its length.
/// </summary>
sealed class PerMember<T> where T : class
{
    readonly ConditionalWeakTable<IOperation, T> _known = new();
    readonly ConditionalWeakTable<IOperation, T>.CreateValueCallback _read;

    /// <param name="read">Is given the outermost operation of the member.</param>
    public PerMember(Func<IOperation, T> read) => _read = new(read);

    /// <param name="operation">Any operation of the member.</param>
    public T Of(IOperation operation) => _known.GetValue(Origin.Root(operation), _read);
}
