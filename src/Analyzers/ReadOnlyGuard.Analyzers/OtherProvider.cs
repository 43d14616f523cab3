using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Whether a library that works with several databases is told, beside the connection string, that this one is not PostgreSQL.</summary>
static class OtherProvider
{
    static readonly string[] Names = ["SqlServer", "SqlClient", "MySql", "MariaDb", "Oracle", "Sqlite", "Firebird", "Db2", "Snowflake"];

    // A chain of more calls configures more than one provider, and each of its calls asks.
    const int MostCalls = 32;

    // A block of more statements than that configures no options.
    const int MostNeighbours = 32;

    public static bool IsTold(IOperation use) => EnclosingCalls(use).Concat(Chain(use)).Concat(Neighbours(use)).Any(IsOther);

    static bool IsOther(string text) => OtherDatabase.IsNamed(text) || Names.Any(name => text.IndexOf(name, StringComparison.OrdinalIgnoreCase) >= 0);

    /// <summary><c>UseSqlServer(server => server.ConnectionString = …)</c>: the methods that are given the lambda.</summary>
    static IEnumerable<string> EnclosingCalls(IOperation use)
    {
        var isInLambda = false;
        for (var outer = use.Parent; outer is not null; outer = outer.Parent)
        {
            isInLambda |= outer is IAnonymousFunctionOperation;
            if (isInLambda && outer is IInvocationOperation call)
            {
                yield return call.TargetMethod.Name;
                isInLambda = false;
            }
        }
    }

    /// <summary><c>builder.AddSqlServer().WithGlobalConnectionString(…)</c>, and what a call is given as the name of a provider.</summary>
    static IEnumerable<string> Chain(IOperation use)
    {
        var calls = 0;
        for (var part = use; part is IInvocationOperation call && calls++ < MostCalls; part = Origin.Unwrap(call.Instance ?? call.Arguments.FirstOrDefault()?.Value))
        {
            yield return call.TargetMethod.Name;
            if (call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "providerName")?.Value.ConstantValue.Value is string provider)
            {
                yield return provider;
            }
        }
    }

    /// <summary><c>options.Invariant = "System.Data.SqlClient"; options.ConnectionString = …</c>, in an initialiser or a block.</summary>
    static IEnumerable<string> Neighbours(IOperation use)
    {
        var statement = use.Parent is IExpressionStatementOperation ? use.Parent : use;
        if (use is not ISimpleAssignmentOperation || statement.Parent is not { ChildOperations.Count: <= MostNeighbours } block)
        {
            yield break;
        }

        foreach (var neighbour in block.ChildOperations)
        {
            var assigned = neighbour is IExpressionStatementOperation other ? other.Operation : neighbour;
            if (assigned is ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "Invariant" or "ProviderName" or "Provider" }, Value.ConstantValue.Value: string provider })
            {
                yield return provider;
            }
        }
    }
}
