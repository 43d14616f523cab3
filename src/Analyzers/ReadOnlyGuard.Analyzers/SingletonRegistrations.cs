using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Knows which calls register a service that a container makes once and keeps.</summary>
sealed class SingletonRegistrations(Compilation compilation)
{
    readonly NamedTypes _services = new(compilation, "Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions");
    readonly NamedTypes _descriptors = new(compilation, "Microsoft.Extensions.DependencyInjection.Extensions.ServiceCollectionDescriptorExtensions");

    /// <summary>The type of the service that is made, where the call names it: as the last type argument, or by the last <c>typeof</c>.</summary>
    public INamedTypeSymbol? Registered(IInvocationOperation call)
    {
        if (call.TargetMethod is not { Name: "AddSingleton" or "AddKeyedSingleton" or "TryAddSingleton" or "TryAddKeyedSingleton" } add ||
            !_services.Contain(add.ContainingType) && !_descriptors.Contain(add.ContainingType))
        {
            return null;
        }

        var named = add.TypeArguments.IsEmpty
            ? call.Arguments.Select(argument => Origin.Unwrap(argument.Value)).OfType<ITypeOfOperation>().LastOrDefault()?.TypeOperand
            : add.TypeArguments[add.TypeArguments.Length - 1];
        return Made(call) as INamedTypeSymbol ?? named as INamedTypeSymbol;
    }

    // A factory for an interface says what it makes.
    static ITypeSymbol? Made(IInvocationOperation call) => call.Arguments
        .Select(argument => Origin.Unwrap(argument.Value))
        .OfType<IDelegateCreationOperation>()
        .Select(factory => factory.Target)
        .OfType<IAnonymousFunctionOperation>()
        .SelectMany(function => function.Body.Descendants().OfType<IReturnOperation>())
        .Select(result => Origin.Of(result.ReturnedValue)?.Type)
        .FirstOrDefault(type => type is { TypeKind: TypeKind.Class });
}
