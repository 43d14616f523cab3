using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG003: what <c>AddNpgsqlDataSource</c> registers injects connections that nobody validates.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class RegistrationIsNotRaw() : RawUseRule(Descriptors.RawRegistration, OperationKind.Invocation)
{
    internal override Func<IOperation, bool> Detector(Compilation compilation, NpgsqlTypes npgsql, AnalyzerOptions options)
    {
        var registrations = new NamedTypes(compilation, WellKnownNames.NpgsqlServiceCollectionExtensions);
        return operation =>
            operation is IInvocationOperation
            {
                TargetMethod.Name: "AddNpgsqlDataSource" or "AddNpgsqlSlimDataSource" or "AddMultiHostNpgsqlDataSource" or "AddMultiHostNpgsqlSlimDataSource",
            } call &&
            registrations.Contain(call.TargetMethod.ContainingType) &&
            !(Argument(call, "connectionString")?.ConstantValue is { HasValue: true, Value: string constant } && StandbyConnectionString.Targets(constant)) &&
            !IsReplica(Origin.Unwrap(Argument(call, "serviceKey")), options);
    }

    static IOperation? Argument(IInvocationOperation call, string name) =>
        call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == name)?.Value;

    static bool IsReplica(IOperation? key, AnalyzerOptions options)
    {
        // An enumeration's member is listed by its name.
        var name = key is IFieldReferenceOperation { Field.ContainingType.TypeKind: TypeKind.Enum } member ? member.Field.Name : key?.ConstantValue.Value as string;
        return key is not null && name is not null && ListOption.ReplicaKeys.In(options, key.Syntax.SyntaxTree).Contains(name, StringComparer.Ordinal);
    }
}
