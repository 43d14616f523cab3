using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;
using Npgsql.EntityFrameworkCore.PostgreSQL.Storage.Internal;
using ReadOnlyGuard.Internal.Servers;
using ReadOnlyGuard.Internal.Signals;
using ReadOnlyGuard.Internal.Transactions;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>One context's part of the guard: its source, its connection, and what is known of the run that is under way.</summary>
sealed class ContextGuard
{
    readonly StateChangeEventHandler _stateChanged;
    NpgsqlConnection? _watched;

    public ContextGuard(IDbContextOptions options, NpgsqlDataSourceManager sources)
    {
        var source = sources.GetDataSource(
            options.FindExtension<NpgsqlOptionsExtension>(), options.FindExtension<CoreOptionsExtension>()?.ApplicationServiceProvider);
        Connections = source is NpgsqlDataSource given ? WritableDataSource.Behind(given)?.Contexts : null;
        _stateChanged = (sender, _) =>
        {
            if ((((NpgsqlConnection)sender).FullState & ConnectionState.Broken) != 0)
                Run.Broke();
        };
    }

    /// <summary>Of the guarded source; <see langword="null"/> where the context was given a connection, or nothing yet.</summary>
    public ContextConnections? Connections { get; }

    public ContextRun Run { get; } = new();

    /// <summary>The server that the context's connection was opened to last.</summary>
    public Server? Server { get; private set; }

    /// <summary>
    /// Whether it is the context's connection and ours: not a clone of EF Core's, and not one that the user gave the context.
    /// </summary>
    [MemberNotNullWhen(true, nameof(Connections))]
    bool Owns(DbConnection connection, [NotNullWhen(true)] out NpgsqlConnection? owned)
    {
        owned = connection as NpgsqlConnection;
        return owned is not null && Connections?.Includes(owned) == true;
    }

    /// <summary>Whether it is ours and open, and where it leads.</summary>
    [MemberNotNullWhen(true, nameof(Connections))]
    public bool Knows(DbConnection connection, [NotNullWhen(true)] out Server? server)
    {
        server = Owns(connection, out var owned) && owned == _watched ? Server : null;
        return server is not null;
    }

    public void Opened(DbConnection connection)
    {
        if (!Owns(connection, out var owned))
            return;
        Server = Connections.ServerOf(owned);
        if (_watched == owned)
            return;
        owned.StateChange += _stateChanged;
        _watched = owned;
    }

    /// <summary>An open that failed in a way that may pass; waiting in vain is not one.</summary>
    public void OpenFailed(DbConnection connection, Exception error)
    {
        if (Owns(connection, out _) && Failures.MayPass(error))
            Run.OpenFailed();
    }
}
