using Npgsql;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>
/// Sees each new physical connection while it is opened, where the builder's one place for that (its physical connection initializer) is
/// free for the guard: not where the builder is the application's own, whose initializer must not be lost.
/// </summary>
static class Births
{
    [ThreadStatic]
    static int t_onThisThread;

    /// <summary>
    /// Rises when a synchronous open on this thread opens a physical connection. One that does not rise it has got an idle connection of
    /// the pool.
    /// </summary>
    public static int OnThisThread => t_onThisThread;

    public static void Count(NpgsqlConnection connection) => t_onThisThread++;
}
