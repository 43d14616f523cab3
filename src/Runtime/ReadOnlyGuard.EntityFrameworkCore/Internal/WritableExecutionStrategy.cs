using System.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using ReadOnlyGuard.Internal.Cluster;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>
/// Runs an operation of a context again after a failure that proves that nothing of it was committed, on a connection to the primary of
/// that moment. <see cref="WritableDataSourceOptions.FailoverTimeout"/> bounds it.
/// </summary>
sealed class WritableExecutionStrategy : ExecutionStrategy
{
    const int MaxRuns = 10;

    ContextGuard? _ofContext;
    Patience? _patience;
    TimeSpan _pause;

    // Of the last failure.
    bool _passes;
    CommitOutcomeUnknownException? _unknown;

    // Of the execution.
    bool _onlyOnce, _readOnlyOnWritableServer;

    public WritableExecutionStrategy(ExecutionStrategyDependencies dependencies) : base(dependencies, MaxRuns - 1, TimeSpan.FromSeconds(1))
    {
    }

    // Not asked for before it is needed: others call the factory of a strategy to see what it makes, without a context.
    ContextGuard Guard => _ofContext ??= Dependencies.CurrentContext.Context.GetService<ContextGuard>();

    /// <summary>
    /// A part of a transaction or of a session cannot be run again. EF Core's own strategies refuse it; this one runs it once, as a context
    /// without a retrying strategy would.
    /// </summary>
    protected override void OnFirstExecution()
    {
        var database = Dependencies.CurrentContext.Context.Database;
        var enlistments = ((IDatabaseFacadeDependenciesAccessor)database).Dependencies.TransactionManager as ITransactionEnlistmentManager;
        // Neither can what begins on a connection that the application opened: its session may hold a setting, a lock, a temporary table.
        _onlyOnce = database.CurrentTransaction is not null || database.GetDbConnection().State != ConnectionState.Closed
            || enlistments is { EnlistedTransaction: not null } or { CurrentAmbientTransaction: not null };
        (_readOnlyOnWritableServer, _patience) = (false, null);
        ExceptionsEncountered.Clear();
    }

    public override TResult Execute<TState, TResult>(
        TState state, Func<DbContext, TState, TResult> operation, Func<DbContext, TState, ExecutionResult<TResult>>? verifySucceeded)
    {
        if (Current is not null)
            return base.Execute(state, operation, verifySucceeded);
        return base.Execute(
            state,
            (context, s) =>
            {
                Guard.Run.Begin(willBeVerified: verifySucceeded is not null);
                try
                {
                    return operation(context, s);
                }
                catch (Exception e)
                {
                    JudgeAsync(e, async: false).Completed();
                    throw;
                }
                finally
                {
                    Guard.Run.End();
                }
            },
            verifySucceeded is null ? null : (context, s) =>
            {
                Guard.Run.Begin(willBeVerified: false);
                try
                {
                    return Verified(verifySucceeded(context, s));
                }
                catch (Exception e)
                {
                    JudgeVerificationAsync(e, async: false).Completed();
                    throw;
                }
            });
    }

    public override Task<TResult> ExecuteAsync<TState, TResult>(
        TState state, Func<DbContext, TState, CancellationToken, Task<TResult>> operation,
        Func<DbContext, TState, CancellationToken, Task<ExecutionResult<TResult>>>? verifySucceeded, CancellationToken cancellationToken = default)
    {
        if (Current is not null)
            return base.ExecuteAsync(state, operation, verifySucceeded, cancellationToken);
        return base.ExecuteAsync(
            state,
            async (context, s, token) =>
            {
                Guard.Run.Begin(willBeVerified: verifySucceeded is not null);
                try
                {
                    return await operation(context, s, token).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    await JudgeAsync(e, async: true).ConfigureAwait(false);
                    throw;
                }
                finally
                {
                    Guard.Run.End();
                }
            },
            verifySucceeded is null ? null : async (context, s, token) =>
            {
                Guard.Run.Begin(willBeVerified: false);
                try
                {
                    return Verified(await verifySucceeded(context, s, token).ConfigureAwait(false));
                }
                catch (Exception e)
                {
                    await JudgeVerificationAsync(e, async: true).ConfigureAwait(false);
                    throw;
                }
            },
            cancellationToken);
    }

    /// <exception cref="NoWritableServerException">An open waited in vain.</exception>
    /// <exception cref="CommitOutcomeUnknownException">Nobody knows whether the failed run has committed something.</exception>
    async ValueTask JudgeAsync(Exception failure, bool async)
    {
        _passes = false;
        Guard.Run.Ended();
        _unknown = Failures.First<CommitOutcomeUnknownException>(failure);
        if (_unknown is not null || (Failures.First<NpgsqlException>(failure) is null && !Guard.Run.IsProvenUndone))
            return;
        var kind = Failures.Of(failure);
        if (Guard.Connections is { } guarded && kind == Failure.NoWritableServer && Failures.First<NoWritableServerException>(failure) is null)
            throw guarded.InVain();
        if (Guard.Run.IsUnknown)
        {
            var (host, port) = Guard.Server!.Endpoint;
            throw _unknown = new(host, port, transactionId: null, failure);
        }
        if (_onlyOnce || Guard.Run.HasCommitted)
            return;
        _passes = (Guard.Run.IsLost || Guard.Run.IsProvenUndone || await MayPassAsync(kind, async).ConfigureAwait(false)) && HasPatience();
    }

    /// <exception cref="CommitOutcomeUnknownException">It stays unknown.</exception>
    async ValueTask JudgeVerificationAsync(Exception failure, bool async)
    {
        var unknown = _unknown!;
        await JudgeAsync(failure, async).ConfigureAwait(false);
        _unknown = unknown;
        if (!_passes)
            throw new CommitOutcomeUnknownException(unknown.Host, unknown.Port, unknown.TransactionId, new AggregateException(unknown.InnerException!, failure));
    }

    /// <summary>What the caller has verified not to be committed is run again.</summary>
    ExecutionResult<TResult> Verified<TResult>(ExecutionResult<TResult> result)
    {
        _passes = !result.IsSuccessful && HasPatience();
        return result;
    }

    bool HasPatience()
    {
        if (Guard.Connections is not { } connections)
            return false;
        _patience ??= connections.NewPatience();
        _pause = Backoff.BetweenRuns(ExceptionsEncountered.Count + 1, Random.NextDouble());
        return ExceptionsEncountered.Count < MaxRetryCount && _patience.Left > _pause;
    }

    async ValueTask<bool> MayPassAsync(Failure kind, bool async)
    {
        if (kind == Failure.Refused)
            return true;
        if (Guard is not { Server: { } server, Connections: { } connections })
            return false;
        if (kind is Failure.Conflict or Failure.GoingAway)
            return true;
        if (kind is not (Failure.ReadOnly or Failure.PerhapsReadOnly))
            return false;
        if (!await connections.IsWritableAsync(server, async).ConfigureAwait(false))
            return true;
        // The application's own READ ONLY transaction, or a pooler that led to a standby a moment ago. One more run tells.
        var again = kind == Failure.ReadOnly && !_readOnlyOnWritableServer;
        _readOnlyOnWritableServer = true;
        return again;
    }

    protected override bool ShouldVerifySuccessOn(Exception exception) => _unknown is not null;

    protected override bool ShouldRetryOn(Exception exception) => _passes;

    protected override void OnRetry() => Telemetry.TransactionsRunAgain.Add(1);

    protected override TimeSpan? GetNextDelay(Exception lastException) => _pause;
}
