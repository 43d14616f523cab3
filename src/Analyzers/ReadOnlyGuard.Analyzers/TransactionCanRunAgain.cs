using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// ROG011: an operation that is run again does all its work on the connection it is given, leaves the transaction's end to the guard,
/// and lets errors out.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp, LanguageNames.VisualBasic)]
public sealed class TransactionCanRunAgain : NpgsqlRule
{
    const string OtherConnection = "This is not the connection that the operation was given: work on it is outside the transaction, and is repeated when the operation is retried";
    const string OwnEnd = "The operation begins or ends a transaction itself. Leave that to ExecuteInTransaction, which rolls back when an exception leaves the operation.";
    const string SwallowedError = "This catch hides an error from ExecuteInTransaction, but PostgreSQL has aborted the transaction, and cannot commit it. Rethrow, or roll back to a savepoint.";

    /// <inheritdoc />
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.BrokenRetry);

    private protected override void Register(CompilationStartAnalysisContext context, NpgsqlTypes npgsql)
    {
        var data = new DataTypes(context.Compilation);
        var caught = new CaughtTypes(context.Compilation);
        context.RegisterOperationAction(
            invocation =>
            {
                var call = (IInvocationOperation)invocation.Operation;
                if (!RunsOperation(call) || !npgsql.IsGuard(call.TargetMethod.ContainingType) || Operation.GivenTo(call) is not { } operation)
                {
                    return;
                }

                foreach (var part in operation.Body.Descendants())
                {
                    var problem = part switch
                    {
                        ILocalReferenceOperation or IParameterReferenceOperation or IFieldReferenceOperation or IPropertyReferenceOperation
                            when data.IsConnection(part.Type) && IsUsed(part) && operation.IsFromOutside(part) => OtherConnection,
                        IInvocationOperation inner when EndsTransaction(inner, operation, data) => OwnEnd,
                        { ConstantValue: { HasValue: true, Value: string text } } when IsCommandText(part) && TransactionControl.IsIn(text) => OwnEnd,
                        ICatchClauseOperation handler when caught.Contain(handler.ExceptionType) && Swallows(handler, data) => SwallowedError,
                        _ => null,
                    };
                    if (problem is not null)
                    {
                        var where = part is ICatchClauseOperation ? part.Syntax.GetFirstToken().GetLocation() : part.Syntax.GetLocation();
                        invocation.ReportDiagnostic(Diagnostic.Create(Descriptors.BrokenRetry, where, problem));
                    }
                }
            },
            OperationKind.Invocation);
    }

    static bool RunsOperation(IInvocationOperation call) =>
        call.TargetMethod.Name is WellKnownNames.Members.ExecuteInTransaction or WellKnownNames.Members.ExecuteInTransactionAsync;

    static bool IsUsed(IOperation connection)
    {
        var value = Origin.Outermost(connection);
        return value.Parent switch
        {
            IInvocationOperation call => call.Instance == value,
            IArgumentOperation => true,
            IPropertyReferenceOperation property => property.Instance == value && property.Property.Name is not ("State" or "FullState" or "ConnectionString"),
            _ => false,
        };
    }

    static bool EndsTransaction(IInvocationOperation call, Operation operation, DataTypes data) => call.TargetMethod.Name switch
    {
        "BeginTransaction" or "BeginTransactionAsync" => data.IsConnection(Origin.Unwrap(call.Instance)?.Type) && operation.IsGiven(Origin.Of(call.Instance)),
        // Rollback and Save with a name are for savepoints. A transaction of a connection that the operation rented is its own affair.
        "Commit" or "CommitAsync" or "Rollback" or "RollbackAsync" =>
            data.IsTransaction(Origin.Unwrap(call.Instance)?.Type) &&
            !call.TargetMethod.Parameters.Any(parameter => parameter.Type.SpecialType == SpecialType.System_String) &&
            !(Origin.Of(call.Instance) is IInvocationOperation begin && !operation.IsGiven(Origin.Of(begin.Instance))),
        _ => false,
    };

    static bool IsCommandText(IOperation text) => Origin.Outermost(text).Parent switch
    {
        IArgumentOperation { Parameter.Name: "cmdText" or "commandText" or "sql" } => true,
        ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property.Name: "CommandText" } } => true,
        _ => false,
    };

    static bool Swallows(ICatchClauseOperation handler, DataTypes data) =>
        handler.Parent is ITryOperation attempt &&
        attempt.Body.Descendants().Any(part => data.IsOfConnection(part.Type)) &&
        !handler.Handler.Descendants().Any(part => part is IThrowOperation || ReturnsToSavepoint(part));

    static bool ReturnsToSavepoint(IOperation part) => part switch
    {
        IInvocationOperation { TargetMethod.Name: "Rollback" or "RollbackAsync" } => true,
        { ConstantValue: { HasValue: true, Value: string text } } => TransactionControl.IsReturnToSavepoint(text),
        _ => false,
    };

    /// <summary>The delegate that is run again, where its code is in sight: a lambda, an anonymous method or a local function.</summary>
    sealed class Operation(IMethodSymbol function, IOperation body)
    {
        // By the first call that each is given to: the others would report the same again.
        static readonly PerMember<Dictionary<IInvocationOperation, Operation>> FirstRuns = new(InMember);

        IMethodSymbol Function => function;

        public IOperation Body => body;

        public static Operation? GivenTo(IInvocationOperation call) => FirstRuns.Of(call).TryGetValue(call, out var operation) ? operation : null;

        static Dictionary<IInvocationOperation, Operation> InMember(IOperation member)
        {
            var localFunctions = new Dictionary<ISymbol, ILocalFunctionOperation>(SymbolEqualityComparer.Default);
            var calls = new List<IInvocationOperation>();
            foreach (var part in member.DescendantsAndSelf())
            {
                if (part is ILocalFunctionOperation local)
                {
                    localFunctions[local.Symbol] = local;
                }
                else if (part is IInvocationOperation call && RunsOperation(call))
                {
                    calls.Add(call);
                }
            }

            var first = new Dictionary<IInvocationOperation, Operation>();
            var given = new HashSet<ISymbol>(SymbolEqualityComparer.Default);
            foreach (var call in calls)
            {
                var operation = Argument(call) switch
                {
                    IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda } => new Operation(lambda.Symbol, lambda.Body),
                    IDelegateCreationOperation { Target: IMethodReferenceOperation { Method.OriginalDefinition: var method } } =>
                        localFunctions.TryGetValue(method, out var local) && local.Body is { } body ? new(local.Symbol, body) : null,
                    _ => null,
                };
                if (operation is not null && given.Add(operation.Function))
                {
                    first.Add(call, operation);
                }
            }

            return first;
        }

        static IOperation? Argument(IInvocationOperation call) =>
            Origin.Of(call.Arguments.FirstOrDefault(argument => argument.Parameter?.Name == "operation")?.Value);

        public bool IsGiven(IOperation? value) =>
            value is IParameterReferenceOperation { Parameter: var parameter } && function.Parameters.FirstOrDefault() is { } given && IsSame(parameter, given);

        public bool IsFromOutside(IOperation reference) => reference switch
        {
            ILocalReferenceOperation local => !IsDeclaredInside(local.Local),
            IParameterReferenceOperation parameter => !IsDeclaredInside(parameter.Parameter),
            IMemberReferenceOperation member => member.Instance is null or IInstanceReferenceOperation { ReferenceKind: InstanceReferenceKind.ContainingTypeInstance },
            _ => false,
        };

        bool IsDeclaredInside(ISymbol symbol)
        {
            for (var outer = symbol.ContainingSymbol; outer is not null; outer = outer.ContainingSymbol)
            {
                if (IsSame(outer, function))
                {
                    return true;
                }
            }

            return false;
        }

        static bool IsSame(ISymbol one, ISymbol other) => SymbolEqualityComparer.Default.Equals(one, other);
    }

    /// <summary>The base classes and interfaces of ADO.NET, which libraries use in place of Npgsql's own types.</summary>
    sealed class DataTypes(Compilation compilation)
    {
        readonly NamedTypes _connections = new(compilation, "System.Data.Common.DbConnection");
        readonly NamedTypes _transactions = new(compilation, "System.Data.Common.DbTransaction");
        readonly NamedTypes _commands = new(compilation, "System.Data.Common.DbCommand");
        readonly NamedTypes _batches = new(compilation, "System.Data.Common.DbBatch");
        readonly NamedTypes _iConnections = new(compilation, "System.Data.IDbConnection");
        readonly NamedTypes _iTransactions = new(compilation, "System.Data.IDbTransaction");
        readonly NamedTypes _iCommands = new(compilation, "System.Data.IDbCommand");

        public bool IsConnection(ITypeSymbol? type) => _connections.ContainBaseOf(type) || _iConnections.Contain(type);

        public bool IsTransaction(ITypeSymbol? type) => _transactions.ContainBaseOf(type) || _iTransactions.Contain(type);

        /// <summary>Whether the type is one whose use is a use of the connection.</summary>
        public bool IsOfConnection(ITypeSymbol? type) => IsConnection(type) || _commands.ContainBaseOf(type) || _batches.ContainBaseOf(type) || _iCommands.Contain(type);
    }

    /// <summary>The exception types that a catch clause names when it catches PostgreSQL's errors.</summary>
    sealed class CaughtTypes(Compilation compilation)
    {
        readonly NamedTypes _errors = new(compilation, "Npgsql.PostgresException");

        public bool Contain(ITypeSymbol? caught)
        {
            // A catch without a type has System.Object's in C#, and System.Exception's in Visual Basic.
            if (caught is null or { SpecialType: SpecialType.System_Object })
            {
                return true;
            }

            return _errors.HaveBase(caught);
        }
    }
}
