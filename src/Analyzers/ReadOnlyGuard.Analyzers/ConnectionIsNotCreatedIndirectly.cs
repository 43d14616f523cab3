using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG005: a connection that a factory, reflection or a container creates is as raw as one made by hand.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class ConnectionIsNotCreatedIndirectly() : RawUseRule(
    Descriptors.IndirectCreation, OperationKind.Invocation, OperationKind.ObjectCreation, OperationKind.FieldReference, OperationKind.MethodReference)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options)
    {
        var providers = new NamedTypes(compilation, "System.Data.Common.DbProviderFactories");
        var activator = new NamedTypes(compilation, "System.Activator");
        var activatorUtilities = new NamedTypes(compilation, "Microsoft.Extensions.DependencyInjection.ActivatorUtilities");
        var services = new NamedTypes(compilation, "Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions");
        var lazy = new NamedTypes(compilation, "System.Lazy`1");
        var adapters = new NamedTypes(compilation, "Npgsql.NpgsqlDataAdapter");

        bool IsActivation(IMethodSymbol method) =>
            method.Name is "CreateInstance" or "CreateFactory" or "GetServiceOrCreateInstance" && (activator.Contain(method.ContainingType) || activatorUtilities.Contain(method.ContainingType));

        return operation => operation switch
        {
            IMethodReferenceOperation { Method: { IsGenericMethod: true } method, Parent: IDelegateCreationOperation } =>
                IsActivation(method) && npgsql.IsConnection(method.TypeArguments[0]) || IsCreatedByConstraint(method.TypeArguments, method, npgsql),
            IFieldReferenceOperation { Field: { Name: "Instance", IsStatic: true } instance } => npgsql.IsFactory(instance.ContainingType) && LeadsToConnection(operation),
            IObjectCreationOperation { Constructor: { } constructor } when adapters.Contain(operation.Type) => constructor.Parameters.Any(parameter => parameter.Name == "selectConnectionString"),
            IObjectCreationOperation { Constructor: { } constructor, Type: INamedTypeSymbol { IsGenericType: true } type } =>
                IsCreatedByConstraint(type.TypeArguments, type, npgsql) ||
                lazy.Contain(type) && npgsql.IsConnection(type.TypeArguments[0]) && !TakesFactory(constructor),
            IInvocationOperation { TargetMethod: var method } call =>
                method.Name == "GetFactory" && providers.Contain(method.ContainingType) && call.Arguments.Any(argument => argument.Value.ConstantValue is { HasValue: true, Value: "Npgsql" }) ||
                IsActivation(method) && NamesConnection(call, npgsql) ||
                services.Contain(method.ContainingType) && !TakesFactory(method) && !TakesInstance(method) && NamesConnection(call, npgsql) ||
                method.IsGenericMethod && IsCreatedByConstraint(method.TypeArguments, method, npgsql) ||
                // The call of a base class's constructor.
                method is { MethodKind: MethodKind.Constructor, ContainingType: { IsGenericType: true } type } && IsCreatedByConstraint(type.TypeArguments, type, npgsql),
            _ => false,
        };
    }

    // Commands, parameters and builders of the factory open nothing, and its data sources are ROG002's.
    static bool LeadsToConnection(IOperation factory)
    {
        var value = Origin.Outermost(factory);
        return value.Parent switch
        {
            INameOfOperation => false,
            IInvocationOperation call when call.Instance == value => call.TargetMethod.Name == "CreateConnection",
            IMethodReferenceOperation group => group.Method.Name == "CreateConnection",
            _ => true,
        };
    }

    static bool IsCreatedByConstraint(ImmutableArray<ITypeSymbol> arguments, ISymbol constructed, NpgsqlTypes npgsql)
    {
        // Every generic call comes here: the parameters are looked at only for the few that name the connection.
        for (var i = 0; i < arguments.Length; i++)
        {
            if (npgsql.IsConnection(arguments[i]) && Parameters(constructed.OriginalDefinition)[i].HasConstructorConstraint)
            {
                return true;
            }
        }

        return false;
    }

    static ImmutableArray<ITypeParameterSymbol> Parameters(ISymbol definition) =>
        definition is IMethodSymbol method ? method.TypeParameters : ((INamedTypeSymbol)definition).TypeParameters;

    /// <summary>Whether the last type that the call names, as an argument or by <c>typeof</c>, is the connection: what is created, not what is asked for.</summary>
    static bool NamesConnection(IInvocationOperation call, NpgsqlTypes npgsql) => npgsql.IsConnection(call.TargetMethod.TypeArguments.IsEmpty
        ? call.Arguments.Select(argument => Origin.Unwrap(argument.Value)).OfType<ITypeOfOperation>().LastOrDefault()?.TypeOperand
        : call.TargetMethod.TypeArguments[call.TargetMethod.TypeArguments.Length - 1]);

    static bool TakesFactory(IMethodSymbol method) => method.Parameters.Any(parameter => parameter.Type.TypeKind == TypeKind.Delegate);

    static bool TakesInstance(IMethodSymbol method) => method.Parameters.Any(parameter => parameter.Name == "implementationInstance");
}
