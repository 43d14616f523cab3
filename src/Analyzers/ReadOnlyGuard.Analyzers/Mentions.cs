using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Where one member mentions its locals, parameters and fields, and what it assigns to its locals and parameters.</summary>
sealed class Mentions
{
    static readonly PerMember<Mentions> OfMember = new(member => new(member));

    readonly Dictionary<ISymbol, Mentioned> _mentioned = new(SymbolEqualityComparer.Default);

    Mentions(IOperation member)
    {
        foreach (var operation in member.Descendants())
        {
            if (SymbolOf(operation) is { } symbol)
            {
                MentionedOf(symbol).References.Add(operation);
                MentionedOf(symbol).IsWritten |= IsWritten(operation);
            }

            switch (operation)
            {
                case IVariableDeclaratorOperation declarator when declarator.GetVariableInitializer()?.Value is { } initial:
                    MentionedOf(declarator.Symbol).Initial = initial;
                    MentionedOf(declarator.Symbol).Values.Add(initial);
                    break;
                case IAssignmentOperation { Target: ILocalReferenceOperation or IParameterReferenceOperation } assignment when SymbolOf(assignment.Target) is { } assigned:
                    MentionedOf(assigned).Values.Add(assignment.Value);
                    break;
            }
        }
    }

    /// <summary>Those in the member that the operation is in.</summary>
    public static Mentions Around(IOperation operation) => OfMember.Of(operation);

    public IReadOnlyList<IOperation> Of(ISymbol symbol) => _mentioned.TryGetValue(symbol, out var mentioned) ? mentioned.References : [];

    /// <summary>Everything that the member assigns to the local or parameter, where it declares it too.</summary>
    public IReadOnlyList<IOperation> ValuesOf(ISymbol variable) => _mentioned.TryGetValue(variable, out var mentioned) ? mentioned.Values : [];

    /// <summary>What the local is declared with, or <see langword="null"/> where it is assigned again or not there.</summary>
    public IOperation? InitialValue(ILocalSymbol local) => _mentioned.TryGetValue(local, out var mentioned) && !mentioned.IsWritten ? mentioned.Initial : null;

    public static ISymbol? SymbolOf(IOperation? reference) => reference switch
    {
        ILocalReferenceOperation local => local.Local,
        IParameterReferenceOperation parameter => parameter.Parameter,
        IFieldReferenceOperation field => field.Field,
        _ => null,
    };

    Mentioned MentionedOf(ISymbol symbol)
    {
        if (!_mentioned.TryGetValue(symbol, out var mentioned))
        {
            _mentioned[symbol] = mentioned = new();
        }

        return mentioned;
    }

    static bool IsWritten(IOperation reference) => reference.Parent switch
    {
        IAssignmentOperation assignment => assignment.Target == reference,
        IArgumentOperation { Parameter.RefKind: RefKind.Ref or RefKind.Out } => true,
        IIncrementOrDecrementOperation or ITupleOperation { Parent: IDeconstructionAssignmentOperation } => true,
        _ => false,
    };

    sealed class Mentioned
    {
        public List<IOperation> References { get; } = [];

        public List<IOperation> Values { get; } = [];

        public IOperation? Initial { get; set; }

        public bool IsWritten { get; set; }
    }
}
