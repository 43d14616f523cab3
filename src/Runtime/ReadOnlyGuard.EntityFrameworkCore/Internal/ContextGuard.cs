using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;
using ReadOnlyGuard.Internal;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>One context's part of the guard: its source, its connection, and what is known of the run that is under way.</summary>
sealed class ContextGuard
{
    // A balancer that leads every new session to another server can refuse for ever.
    const int MaxOpens = 5;

    readonly ICurrentDbContext _current;
    readonly StateChangeEventHandler _stateChanged;
    NpgsqlConnection? _watched;

    public ContextGuard(ICurrentDbContext current, IDbContextOptions options, SourcesOfStrings sources)
    {
        _current = current;
        Source = options.FindExtension<GuardOptionsExtension>()!.SourceFrom(sources);
        _stateChanged = (sender, _) =>
        {
            if ((((NpgsqlConnection)sender).FullState & ConnectionState.Broken) != 0)
                Run.Broke();
        };
    }

    public WritableDataSource Source { get; }

    public ContextRun Run { get; } = new();

    /// <summary>The connection that was opened last.</summary>
    public NpgsqlConnection? Connection => _watched;

    /// <summary>Whether it is the context's connection and ours: not a clone of EF Core's, and not one that the user gave the context.</summary>
    public bool Owns(DbConnection connection, [NotNullWhen(true)] out NpgsqlConnection? lent)
    {
        lent = connection as NpgsqlConnection;
        return lent is not null && Source.Lent.Includes(lent);
    }

    /// <summary>Waits for a writable server and makes its connection the context's one, about to be opened by EF Core.</summary>
    public async ValueTask<NpgsqlConnection> PrepareAsync(NpgsqlConnection connection, bool async, CancellationToken cancellationToken)
    {
        try
        {
            // Rented and given back: validated, it is the one that the pool hands out next.
            var rented = async ? await Source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false) : Source.OpenConnection();
            connection = Bind(Source.Lent.For(rented, connection), connection);
            await Server.DisposeAsync(rented, async).ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (e is PostgresException or NoWritableServerException { IsTransient: false })
        {
            // EF Core's own open meets the same, and tells a missing database by it.
        }
        LentConnections.Opening(connection);
        return connection;
    }

    NpgsqlConnection Bind(NpgsqlConnection bound, NpgsqlConnection present)
    {
        if (bound == present)
            return present;
        var database = _current.Context.Database;
        var timeout = database.GetCommandTimeout();
        try
        {
            database.SetDbConnection(bound, contextOwnsConnection: true);
        }
        catch (InvalidOperationException)
        {
            // The user opened it, and it broke: EF Core does not exchange it until it was closed. It is refused when it is open.
            bound.Dispose();
            return present;
        }
        database.SetCommandTimeout(timeout);
        return bound;
    }

    /// <summary>Proves an opened connection writable, or opens another physical connection until one is.</summary>
    /// <exception cref="ReadOnlyServerException">None was found.</exception>
    public async ValueTask ProveAsync(NpgsqlConnection connection, bool async, CancellationToken cancellationToken)
    {
        for (var opens = 1; ; opens++)
        {
            LentConnections.EndOpening(connection);
            if (await Source.Lent.RefusalAsync(connection, async).ConfigureAwait(false) is not { } refusal)
                break;
            await CloseAsync(connection, async).ConfigureAwait(false);
            if (opens == MaxOpens)
                throw refusal;
            connection = await PrepareAsync(connection, async, cancellationToken).ConfigureAwait(false);
            if (async)
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            else
                connection.Open();
        }
        Watch(connection);
    }

    void Watch(NpgsqlConnection connection)
    {
        if (_watched == connection)
            return;
        connection.StateChange += _stateChanged;
        _watched = connection;
    }

    static async ValueTask CloseAsync(NpgsqlConnection connection, bool async)
    {
        if (async)
            await connection.CloseAsync().ConfigureAwait(false);
        else
            connection.Close();
    }

    /// <summary>An open that failed in a way that may pass.</summary>
    public void OpenFailed(NpgsqlConnection connection, Exception error)
    {
        LentConnections.EndOpening(connection);
        if (!SqlStates.MayPass(error) || error is ReadOnlyServerException or NoWritableServerException)
            return;
        Run.OpenFailed();
        Source.Lent.Suspect(connection, error);
    }
}
