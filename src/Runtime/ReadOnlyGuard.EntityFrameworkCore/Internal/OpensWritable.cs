using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>A context's connection waits for a writable server before it is opened, and is proven writable when it is.</summary>
sealed class OpensWritable(ContextGuard guard) : DbConnectionInterceptor
{
    public override async ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        if (!result.IsSuppressed && guard.Owns(connection, out var lent))
            await guard.PrepareAsync(lent, async: true, cancellationToken).ConfigureAwait(false);
        return result;
    }

    public override InterceptionResult ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result)
    {
        if (!result.IsSuppressed && guard.Owns(connection, out var lent))
            guard.PrepareAsync(lent, async: false, CancellationToken.None).Completed();
        return result;
    }

    public override async Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (guard.Owns(connection, out var lent))
            await guard.ProveAsync(lent, async: true, cancellationToken).ConfigureAwait(false);
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        if (guard.Owns(connection, out var lent))
            guard.ProveAsync(lent, async: false, CancellationToken.None).Completed();
    }

    public override Task ConnectionFailedAsync(
        DbConnection connection, ConnectionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        ConnectionFailed(connection, eventData);
        return Task.CompletedTask;
    }

    public override void ConnectionFailed(DbConnection connection, ConnectionErrorEventData eventData)
    {
        if (guard.Owns(connection, out var lent))
            guard.OpenFailed(lent, eventData.Exception);
    }

    public override Task ConnectionCanceledAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        if (guard.Owns(connection, out var lent))
            ReadOnlyGuard.Internal.LentConnections.EndOpening(lent);
        return Task.CompletedTask;
    }
}
