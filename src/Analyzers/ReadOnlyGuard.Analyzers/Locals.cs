using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>The locals of one member: what each is declared with, and where it is used.</summary>
sealed class Locals
{
    static readonly PerMember<Locals> OfMember = new(member => new(member));

    readonly Dictionary<ILocalSymbol, Use> _uses = new(SymbolEqualityComparer.Default);

    Locals(IOperation member)
    {
        foreach (var operation in member.Descendants())
        {
            switch (operation)
            {
                case ILocalReferenceOperation reference:
                    UseOf(reference.Local).References.Add(reference);
                    UseOf(reference.Local).IsWritten |= IsWritten(reference);
                    break;
                case IVariableDeclaratorOperation declarator:
                    UseOf(declarator.Symbol).Initial = declarator.GetVariableInitializer()?.Value;
                    break;
            }
        }
    }

    /// <summary>Those of the member that the operation is in.</summary>
    public static Locals Around(IOperation operation) => OfMember.Of(operation);

    /// <summary>What the local is declared with, or <see langword="null"/> where it is assigned again or not there.</summary>
    public IOperation? InitialValue(ILocalSymbol local) => _uses.TryGetValue(local, out var use) && !use.IsWritten ? use.Initial : null;

    public IReadOnlyList<ILocalReferenceOperation> References(ILocalSymbol local) => _uses.TryGetValue(local, out var use) ? use.References : [];

    Use UseOf(ILocalSymbol local)
    {
        if (!_uses.TryGetValue(local, out var use))
        {
            _uses[local] = use = new();
        }

        return use;
    }

    static bool IsWritten(ILocalReferenceOperation reference) => reference.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == reference,
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } => true,
        IIncrementOrDecrementOperation or ITupleOperation { Parent: IDeconstructionAssignmentOperation } => true,
        _ => false,
    };

    sealed class Use
    {
        public List<ILocalReferenceOperation> References { get; } = [];

        public IOperation? Initial { get; set; }

        public bool IsWritten { get; set; }
    }
}
