using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>The types of Npgsql and of the guard as one compilation knows them, resolved once.</summary>
sealed class NpgsqlTypes
{
    readonly NamedTypes _connections;
    readonly NamedTypes _dataSources;
    readonly NamedTypes _guards;

    NpgsqlTypes(Compilation compilation, NamedTypes connections)
    {
        _connections = connections;
        _dataSources = new(compilation, WellKnownNames.NpgsqlDataSource);
        _guards = new(compilation, WellKnownNames.Namespace + "." + WellKnownNames.WritableDataSource);
    }

    /// <summary>The types, or <see langword="null"/> where the compilation does not reference Npgsql.</summary>
    public static NpgsqlTypes? In(Compilation compilation) =>
        new NamedTypes(compilation, WellKnownNames.NpgsqlConnection) is { Exist: true } connections ? new(compilation, connections) : null;

    public bool IsConnection(ITypeSymbol? type) => _connections.Contain(type);

    /// <summary>Whether the type is Npgsql's data source, or the one for several hosts.</summary>
    public bool IsRawDataSource(ITypeSymbol? type) => _dataSources.ContainBaseOf(type);

    /// <summary>Whether the type is <c>WritableDataSource</c>.</summary>
    public bool IsGuard(ITypeSymbol? type) => _guards.Contain(type);

    /// <summary>Whether the value is an open connection of a data source, guarded or not.</summary>
    public bool IsRent(IOperation? value) =>
        value is IInvocationOperation { TargetMethod: { Name: WellKnownNames.Members.OpenConnection or WellKnownNames.Members.OpenConnectionAsync } rent } &&
        (IsGuard(rent.ContainingType) || IsRawDataSource(rent.ContainingType));
}
