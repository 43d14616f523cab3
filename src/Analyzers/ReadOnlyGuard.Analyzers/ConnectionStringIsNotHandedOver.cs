using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG014: a library that is given a connection string opens connections with it that nobody validates.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class ConnectionStringIsNotHandedOver() : RawUseRule(
    Descriptors.LibraryConnectionString, OperationKind.Invocation, OperationKind.MethodReference, OperationKind.ObjectCreation, OperationKind.SimpleAssignment)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options)
    {
        var takers = Libraries.All
            .SelectMany(library => library.Members.Select(member => (Member: member, Types: new NamedTypes(compilation, library.Type))))
            .ToLookup(taker => taker.Member, taker => taker.Types);
        var watched = new WatchedSource(compilation);
        return operation =>
            Taker(operation) is { } taker &&
            takers[taker.Name].Any(types => types.Contain(taker.ContainingType)) &&
            (operation is IMethodReferenceOperation group
                ? group.Parent is IDelegateCreationOperation && group.Method.Parameters.Any(IsConnectionString)
                : ConnectionString(operation) is { } connectionString &&
                    connectionString.ConstantValue is not { HasValue: true, Value: not string } &&
                    !StandbyConnectionString.IsAskedForIn(connectionString) &&
                    !watched.IsPoolOf(connectionString)) &&
            !OtherProvider.IsTold(operation);
    }

    private protected override object[] MessageArguments(IOperation use) => [UsedName.Of(use), Descriptors.LibrariesPage + "#" + Recipe(Taker(use)!)];

    static string Recipe(ISymbol taker) => Libraries.All.First(library => library.Members.Contains(taker.Name) && library.Type == MetadataName(taker.ContainingType)).Recipe;

    static string MetadataName(INamedTypeSymbol type) =>
        type.ContainingType is { } outer ? MetadataName(outer) + "+" + type.MetadataName :
        type.ContainingNamespace.IsGlobalNamespace ? type.MetadataName :
        type.ContainingNamespace.ToDisplayString() + "." + type.MetadataName;

    static ISymbol? Taker(IOperation operation) => operation switch
    {
        IInvocationOperation call => call.TargetMethod,
        IMethodReferenceOperation group => group.Method,
        IObjectCreationOperation creation => creation.Constructor,
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation target } => target.Property,
        _ => null,
    };

    static IOperation? ConnectionString(IOperation operation) => operation switch
    {
        IInvocationOperation call => ConnectionString(call.Arguments),
        IObjectCreationOperation creation => ConnectionString(creation.Arguments),
        ISimpleAssignmentOperation assignment => assignment.Value,
        _ => null,
    };

    // The string, or a delegate that returns it: the other overloads take a data source or a connection.
    static IOperation? ConnectionString(IEnumerable<IArgumentOperation> arguments) =>
        arguments.FirstOrDefault(argument => argument.Parameter is { } parameter && IsConnectionString(parameter))?.Value;

    static bool IsConnectionString(IParameterSymbol parameter) =>
        parameter.Name.IndexOf("connectionString", StringComparison.OrdinalIgnoreCase) >= 0 &&
        (parameter.Type is { SpecialType: SpecialType.System_String } || parameter.Type is INamedTypeSymbol { DelegateInvokeMethod.ReturnType.SpecialType: SpecialType.System_String });
}
