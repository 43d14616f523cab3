using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// Whether the code shows that a connection, a data source, or a context's connection string, only builds a model or is asked for its
/// settings, and is never opened: for a script, a check of the mapping, the text of a query, the name of the database.
/// </summary>
static class ModelOnly
{
    static readonly string[] Reads = ["Model", "ProviderName", "ConnectionString", "Database", "DataSource", "Host", "Port", "UserName"];

    static readonly string[] Calls =
        ["GenerateCreateScript", "GetMigrations", "HasPendingModelChanges", "IsNpgsql", "IsRelational", "ToQueryString", "Dispose", "DisposeAsync"];

    /// <param name="use">A raw use.</param>
    public static bool IsBuiltFrom(IOperation use) => use switch
    {
        IInvocationOperation { TargetMethod.Name: "UseNpgsql" } call => NamesNoHost(call) || IsOfContextsForModels(call),
        IInvocationOperation { Type.Name: "NpgsqlDataSource" or "NpgsqlMultiHostDataSource" } source => IsNeverOpened(source),
        IObjectCreationOperation { Type.Name: "NpgsqlConnection", Arguments.IsEmpty: false } connection => IsNeverOpened(connection) && !IsCopied(connection),
        _ => false,
    };

    // Npgsql refuses to open it. `Name=` is where EF Core looks the string up.
    static bool NamesNoHost(IInvocationOperation call) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "connectionString")?.Value.ConstantValue is { HasValue: true, Value: string text } &&
        ConnectionStringText.Parse(text) is { } parsed &&
        ConnectionStringText.Hosts(parsed).Length == 0 &&
        ConnectionStringText.Value(parsed, "Name") is null;

    static bool IsOfContextsForModels(IInvocationOperation configuration)
    {
        var contexts = OptionsOf(configuration).SelectMany(Uses).Select(Context).ToList();
        return contexts.Count > 0 && contexts.All(context => context is not null && IsNeverOpened(context));
    }

    /// <summary>Where the options are taken from the builder that the call configures, or the builder where it goes out of sight.</summary>
    static IEnumerable<IOperation> OptionsOf(IInvocationOperation configuration)
    {
        var builder = Origin.Unwrap(configuration.Instance ?? configuration.Arguments.FirstOrDefault()?.Value);
        foreach (var use in Uses(builder is ILocalReferenceOperation ? builder : EndOfChain(configuration)))
        {
            var end = EndOfChain(use);
            if (Next(end) is IPropertyReferenceOperation { Property.Name: "Options" } options)
            {
                yield return options;
            }
            else if (Origin.Outermost(end).Parent is not IExpressionStatementOperation)
            {
                yield return end;
            }
        }
    }

    /// <summary>The builder's methods return the builder.</summary>
    static IOperation EndOfChain(IOperation builder)
    {
        while (Next(builder) is IInvocationOperation { Type.Name: "DbContextOptionsBuilder" } call)
        {
            builder = call;
        }

        return builder;
    }

    static IOperation? Context(IOperation options) => Origin.Outermost(options).Parent is IArgumentOperation { Parent: IObjectCreationOperation context } ? context : null;

    static bool IsNeverOpened(IOperation value)
    {
        var ends = Uses(value).Select(use => ContextOver(use) ?? Last(use)).ToList();
        return ends.All(OpensNothing) && ends.Any(end => end is not IInvocationOperation { TargetMethod.Name: "Dispose" or "DisposeAsync" });
    }

    /// <summary>The configuration of a context that is given the data source.</summary>
    static IInvocationOperation? ContextOver(IOperation source) =>
        Origin.Outermost(source).Parent is IArgumentOperation { Parameter.Name: "dataSource", Parent: IInvocationOperation { TargetMethod.Name: "UseNpgsql" } call } ? call : null;

    // What is made from its connection string can be opened, and has the password from it.
    static bool IsCopied(IOperation connection) =>
        connection.SemanticModel is not { } model || NpgsqlTypes.In(model.Compilation) is not { } npgsql ||
        Uses(connection).Select(Last).OfType<IPropertyReferenceOperation>().Any(read => read.Property.Name == "ConnectionString" && ConnectionDoesNotEscape.ReachesConnection(read, npgsql));

    static bool OpensNothing(IOperation? end) => end switch
    {
        IInvocationOperation { TargetMethod.Name: "UseNpgsql" } configuration => IsOfContextsForModels(configuration),
        IPropertyReferenceOperation property => Reads.Contains(property.Property.Name) && !(property.Parent is IAssignmentOperation assignment && assignment.Target == property),
        IInvocationOperation call => Calls.Contains(call.TargetMethod.Name),
        _ => false,
    };

    /// <summary>The value itself, or each reference to the local that it is, or is declared as.</summary>
    static IEnumerable<IOperation> Uses(IOperation value)
    {
        var local = value is ILocalReferenceOperation reference ? reference.Local :
            Origin.Outermost(value).Parent is IVariableInitializerOperation { Parent: IVariableDeclaratorOperation { Symbol: var declared } } ? declared :
            null;
        return local is null ? [value] : Origin.References(local, value);
    }

    /// <summary>The last member in the chain of calls that begins with the value. Whatever is asked of what opens nothing opens nothing.</summary>
    static IOperation? Last(IOperation value)
    {
        IOperation? last = null;
        for (var next = Next(value); next is not null; next = Next(next))
        {
            last = next;
            if (next is IPropertyReferenceOperation { Property: { Name: "Model" } or { Type.SpecialType: SpecialType.System_String } } ||
                next is IInvocationOperation { TargetMethod.Name: var name } && Calls.Contains(name))
            {
                break;
            }
        }

        return last;
    }

    static IOperation? Next(IOperation value)
    {
        value = Origin.Outermost(value);
        return value.Parent switch
        {
            IPropertyReferenceOperation property when property.Instance == value => property,
            IInvocationOperation call when call.Instance == value => call,
            IArgumentOperation { Parent: IInvocationOperation { TargetMethod.IsExtensionMethod: true } call } argument when call.Arguments[0] == argument => call,
            _ => null,
        };
    }
}
