using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>ROG008: a constant connection string that the guard refuses, told before the program runs.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class ConnectionStringIsNotContradictory : NpgsqlRule
{
    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.ContradictoryString);

    private protected override void Register(CompilationStartAnalysisContext context, NpgsqlTypes npgsql)
    {
        var registrations = new NamedTypes(context.Compilation, WellKnownNames.ServiceCollectionExtensions);
        context.RegisterOperationAction(
            invocation =>
            {
                var call = (IInvocationOperation)invocation.Operation;
                if (ConnectionString(call, npgsql, registrations) is { ConstantValue: { HasValue: true, Value: string or null } constant } given &&
                    RefusedConnectionString.Refusal(Completed((string?)constant.Value ?? "", call, npgsql)) is { } refusal)
                {
                    invocation.ReportDiagnostic(Diagnostic.Create(Descriptors.ContradictoryString, given.Syntax.GetLocation(), refusal));
                }
            },
            OperationKind.Invocation);
    }

    static IOperation? ConnectionString(IInvocationOperation call, NpgsqlTypes npgsql, NamedTypes registrations) => call.TargetMethod switch
    {
        { Name: WellKnownNames.Members.Create or WellKnownNames.Members.For } create when npgsql.IsGuard(create.ContainingType) => Named(call),
        { Name: WellKnownNames.Members.BuildWritable } build when build.ContainingNamespace.Name == "Npgsql" => npgsql.ConnectionStringOf(call),
        { Name: WellKnownNames.Members.AddDataSource or WellKnownNames.Members.AddSlimDataSource } add when registrations.Contain(add.ContainingType) => Named(call),
        { Name: WellKnownNames.Members.UseWritableNpgsql, ContainingNamespace.Name: "EntityFrameworkCore" }
            when Named(call) is { ConstantValue.Value: string text } named && !RefusedConnectionString.IsName(text) => named,
        _ => null,
    };

    static IOperation? Named(IInvocationOperation call) => call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "connectionString")?.Value;

    /// <summary>The string with what a builder in sight, or an action that gets the builder, sets besides.</summary>
    static string Completed(string constant, IInvocationOperation call, NpgsqlTypes npgsql)
    {
        if (call.TargetMethod.Name == WellKnownNames.Members.BuildWritable)
        {
            return ConnectionText.Of(npgsql.SettingsOf(call)).FirstOrDefault() ?? constant;
        }

        var action = call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "dataSourceBuilderAction");
        return action is null ? constant : constant + BuilderText.Settings(action) + ";" + ConnectionText.Unknown;
    }
}
