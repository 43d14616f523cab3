using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG007: what <c>OpenConnection</c> returned is open; to open it again throws.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class OpenedConnectionIsNotOpenedAgain : NpgsqlRule
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.OpenedTwice);

    private protected override void Register(CompilationStartAnalysisContext context, NpgsqlTypes npgsql) => context.RegisterOperationAction(
        invocation =>
        {
            var call = (IInvocationOperation)invocation.Operation;
            if (call.TargetMethod.Name is "Open" or "OpenAsync" && !call.TargetMethod.IsStatic && IsOpen(Origin.Unwrap(call.Instance), call, npgsql))
            {
                invocation.ReportDiagnostic(Diagnostic.Create(Descriptors.OpenedTwice, call.Syntax.GetLocation(), call.TargetMethod.Name));
            }
        },
        OperationKind.Invocation);

    static bool IsOpen(IOperation? connection, IInvocationOperation call, NpgsqlTypes npgsql)
    {
        if (connection is not ILocalReferenceOperation local)
        {
            return npgsql.IsRent(connection);
        }

        return Origin.InitialValue(local) is { } initial &&
            npgsql.IsRent(Origin.Of(initial)) &&
            RunsOnceWithItsDeclaration(call, initial) &&
            !ClosedConnections.Contain(local);
    }

    // A handler or another round may open again what broke; a lambda runs at a time of its own.
    static bool RunsOnceWithItsDeclaration(IOperation call, IOperation initial)
    {
        for (var outer = call.Parent; outer is not null && !outer.Syntax.Span.Contains(initial.Syntax.Span); outer = outer.Parent)
        {
            if (outer is ICatchClauseOperation or ILoopOperation or IAnonymousFunctionOperation or ILocalFunctionOperation)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The locals of one member whose connections it may close. Each is looked at once: a member can open one again and again.</summary>
    sealed class ClosedConnections(IOperation member)
    {
        static readonly PerMember<ClosedConnections> OfMember = new(member => new(member));

        readonly ConcurrentDictionary<ILocalSymbol, bool> _locals = new(SymbolEqualityComparer.Default);
        readonly bool _closesWithReader = member.Descendants().Any(operation =>
            operation is IFieldReferenceOperation { Field: { Name: "CloseConnection", ContainingType.Name: "CommandBehavior" } });

        public static bool Contain(ILocalReferenceOperation local)
        {
            var closed = OfMember.Of(local);
            return closed._closesWithReader || closed._locals.GetOrAdd(local.Local, _ => Origin.References(local.Local, local).Any(MayClose));
        }

        /// <summary>Whether this use closes the connection, asks for its state, or leads out of sight.</summary>
        static bool MayClose(IOperation reference)
        {
            return Origin.Outermost(reference).Parent switch
            {
                IInvocationOperation call => call.TargetMethod.Name is "Close" or "CloseAsync" or "Dispose" or "DisposeAsync",
                IPropertyReferenceOperation property => property.Property.Name is "State" or "FullState",
                IArgumentOperation { Parent: IObjectCreationOperation } => false,
                IArgumentOperation { Parent: IInvocationOperation call } => !call.TargetMethod.DeclaringSyntaxReferences.IsEmpty,
                ISimpleAssignmentOperation { Target: IPropertyReferenceOperation property } => !property.Property.DeclaringSyntaxReferences.IsEmpty,
                IReturnOperation => false,
                _ => true,
            };
        }
    }
}
