using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>
/// SaveChanges always has a transaction. EF Core leaves it out for a single statement, and then a connection that breaks under the
/// statement leaves its outcome unknown; in a transaction only COMMIT does.
/// </summary>
sealed class SavesInTransaction : SaveChangesInterceptor
{
    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        // Never is somebody's deliberate choice.
        if (eventData.Context is { Database: { AutoTransactionBehavior: AutoTransactionBehavior.WhenNeeded } database })
            database.AutoTransactionBehavior = AutoTransactionBehavior.Always;
        return result;
    }

    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
        => new(SavingChanges(eventData, result));
}
