using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>The types of Npgsql and of the guard as one compilation knows them, each resolved once, when it is first met.</summary>
sealed class NpgsqlTypes(Compilation compilation)
{
    readonly NamedTypes _connections = new(compilation, WellKnownNames.NpgsqlConnection);
    readonly NamedTypes _dataSources = new(compilation, WellKnownNames.NpgsqlDataSource);
    readonly NamedTypes _builders = new(compilation, WellKnownNames.NpgsqlDataSourceBuilder);
    readonly NamedTypes _slimBuilders = new(compilation, WellKnownNames.NpgsqlSlimDataSourceBuilder);
    readonly NamedTypes _factories = new(compilation, WellKnownNames.NpgsqlFactory);
    readonly NamedTypes _guards = new(compilation, WellKnownNames.Namespace + "." + WellKnownNames.WritableDataSource);

    // Every rule asks.
    static readonly ConditionalWeakTable<Compilation, StrongBox<NpgsqlTypes?>> Known = new();

    /// <summary>The types, or <see langword="null"/> where the compilation does not reference Npgsql.</summary>
    public static NpgsqlTypes? In(Compilation compilation) => Known.GetValue(compilation, Look).Value;

    static StrongBox<NpgsqlTypes?> Look(Compilation compilation) => new(
        compilation.ReferencedAssemblyNames.Any(reference => reference.Name == WellKnownNames.NpgsqlAssembly) ? new(compilation) : null);

    public bool IsConnection(ITypeSymbol? type) => _connections.Contain(type);

    /// <summary>Whether a variable of the type can hold a connection: one of it, of a base class, or of an interface.</summary>
    public bool CanHoldConnection(ITypeSymbol? type) => type is { TypeKind: TypeKind.Interface or TypeKind.Dynamic } || type is not null && _connections.HaveBase(type);

    /// <summary>Whether the type is Npgsql's data source, or the one for several hosts.</summary>
    public bool IsRawDataSource(ITypeSymbol? type) => _dataSources.ContainBaseOf(type);

    /// <summary>Whether the type is <c>WritableDataSource</c>.</summary>
    public bool IsGuard(ITypeSymbol? type) => _guards.Contain(type);

    public bool IsBuilder(ITypeSymbol? type) => _builders.Contain(type) || _slimBuilders.Contain(type);

    public bool IsFactory(ITypeSymbol? type) => _factories.Contain(type);

    /// <summary>Whether the call makes a guarded source from a connection string.</summary>
    public bool CreatesGuard(IInvocationOperation call) =>
        call.TargetMethod is { IsStatic: true, Name: WellKnownNames.Members.Create or WellKnownNames.Members.For } create && IsGuard(create.ContainingType);

    public bool CreatesRawDataSource(IInvocationOperation call) => CreatesRawDataSource(call.TargetMethod);

    public bool CreatesRawDataSource(IMethodSymbol method) => method switch
    {
        { Name: "Create", IsStatic: true } create => IsRawDataSource(create.ContainingType),
        { Name: "Build" or "BuildMultiHost" } build => IsBuilder(build.ContainingType),
        { Name: "CreateDataSource" } create => IsFactory(create.ContainingType),
        _ => false,
    };

    /// <summary>The connection string of what <see cref="CreatesRawDataSource"/> or builds a guarded source, where it is in sight.</summary>
    public IOperation? ConnectionStringOf(IInvocationOperation creation) =>
        SettingsOf(creation) is var settings && IsBuilder(Origin.Unwrap(settings)?.Type) ? ConnectionStringOfBuilder(settings) : settings;

    /// <summary>The connection string that a builder was created with, where that is in sight.</summary>
    public IOperation? ConnectionStringOfBuilder(IOperation? builder) =>
        (WithoutConfiguration(builder, IsBuilder) as IObjectCreationOperation)?.Arguments.FirstOrDefault()?.Value;

    /// <summary>Where a builder comes from: its methods, and extensions, return the builder.</summary>
    /// <param name="builder">The builder as it is used.</param>
    /// <param name="isBuilder">Whether a type is a builder's.</param>
    /// <param name="configure">Is given each method that the builder went through.</param>
    public static IOperation? WithoutConfiguration(IOperation? builder, Func<ITypeSymbol?, bool> isBuilder, Action<IMethodSymbol>? configure = null)
    {
        // Half-typed code can declare a local by itself.
        const int mostCalls = 1000;
        var origin = Origin.Of(builder);
        for (var calls = 0; calls < mostCalls && origin is IInvocationOperation configured && isBuilder(configured.Type); calls++)
        {
            var receiver = configured.Instance ?? configured.Arguments.FirstOrDefault()?.Value;
            if (!isBuilder(Origin.Unwrap(receiver)?.Type))
            {
                break;
            }

            configure?.Invoke(configured.TargetMethod);
            origin = Origin.Of(receiver);
        }

        return origin;
    }

    /// <summary>What decides to which server a source leads: the builder that it is built by, or the connection string.</summary>
    public IOperation? SettingsOf(IInvocationOperation creation)
    {
        var receiver = creation.Instance ?? (creation.TargetMethod.IsExtensionMethod ? creation.Arguments.FirstOrDefault()?.Value : null);
        return IsBuilder(Origin.Unwrap(receiver)?.Type) ? receiver : creation.Arguments.FirstOrDefault()?.Value;
    }

    /// <summary>Whether the value is a connection of a data source, open or not, guarded or not.</summary>
    public bool IsOfDataSource(IOperation? value) =>
        value is IInvocationOperation { TargetMethod: { Name: "OpenConnection" or "OpenConnectionAsync" or "CreateConnection" } source } &&
        (IsGuard(source.ContainingType) || IsRawDataSource(source.ContainingType));

    /// <summary>Whether the value is an open connection of a data source, guarded or not.</summary>
    public bool IsRent(IOperation? value) => value is IInvocationOperation call && IsRent(call.TargetMethod);

    /// <summary>Whether the method opens a connection of a data source, guarded or not.</summary>
    public bool IsRent(IMethodSymbol method) =>
        method.Name is WellKnownNames.Members.OpenConnection or WellKnownNames.Members.OpenConnectionAsync &&
        (IsGuard(method.ContainingType) || IsRawDataSource(method.ContainingType));
}
