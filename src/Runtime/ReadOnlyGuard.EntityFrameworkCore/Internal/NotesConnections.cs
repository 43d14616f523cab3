using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>
/// Notes what becomes of a context's connection: to which server it was opened, that it breaks, that it cannot be opened.
/// </summary>
sealed class NotesConnections(ContextGuard guard) : DbConnectionInterceptor
{
    public override Task ConnectionOpenedAsync(
        DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        guard.Opened(connection);
        return Task.CompletedTask;
    }

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => guard.Opened(connection);

    public override Task ConnectionFailedAsync(
        DbConnection connection, ConnectionErrorEventData eventData, CancellationToken cancellationToken = default)
    {
        guard.OpenFailed(connection, eventData.Exception);
        return Task.CompletedTask;
    }

    public override void ConnectionFailed(DbConnection connection, ConnectionErrorEventData eventData)
        => guard.OpenFailed(connection, eventData.Exception);
}
