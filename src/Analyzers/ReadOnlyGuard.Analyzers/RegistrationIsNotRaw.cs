using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG003: what <c>AddNpgsqlDataSource</c> and its like register injects connections that nobody validates.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class RegistrationIsNotRaw() : RawUseRule(Descriptors.RawRegistration, OperationKind.Invocation, OperationKind.MethodReference)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options)
    {
        var watched = new WatchedSource(compilation);
        return operation => operation switch
        {
            IInvocationOperation call =>
                RawRegistrations.OfDataSource(call.TargetMethod, npgsql) &&
                !StandbyConnectionString.IsAskedForIn(call) &&
                !IsReplica(call, options) &&
                !(IsWithoutKey(call) && watched.IsAskedFor(call)),
            IMethodReferenceOperation { Parent: IDelegateCreationOperation } group => RawRegistrations.OfDataSource(group.Method, npgsql),
            _ => false,
        };
    }

    static bool IsWithoutKey(IInvocationOperation call) =>
        call.TargetMethod.Name.IndexOf("Keyed", StringComparison.Ordinal) < 0 &&
        call.Arguments.All(argument => argument.Parameter?.Name != "serviceKey" || argument.ArgumentKind == ArgumentKind.DefaultValue || argument.Value.ConstantValue is { HasValue: true, Value: null });

    // Npgsql's own have a key beside the string; with Aspire's keyed ones, the name is the key.
    static bool IsReplica(IInvocationOperation call, AnalyzerOptions options) => call.Arguments.Any(argument =>
        argument.Parameter?.Name is "serviceKey" or "name" or "connectionName" && IsReplica(Origin.Unwrap(argument.Value), options));

    static bool IsReplica(IOperation? key, AnalyzerOptions options)
    {
        // An enumeration's member is listed by its name.
        var name = key is IFieldReferenceOperation { Field.ContainingType.TypeKind: TypeKind.Enum } member ? member.Field.Name : key?.ConstantValue.Value as string;
        return key is not null && name is not null && ListOption.ReplicaKeys.In(options, key.Syntax.SyntaxTree).Contains(name, StringComparer.Ordinal);
    }
}
