using Npgsql;

namespace ReadOnlyGuard.Internal.Threads;

/// <summary>
/// How the guard opens connections of its own: asynchronously, until the application has opened one synchronously. An asynchronous
/// application may have callbacks (a password provider, an initializer of physical connections) whose synchronous half throws, as Npgsql
/// advises; a synchronous one may block every thread of the pool that an asynchronous open would need.
/// </summary>
sealed class OpenMode
{
    volatile bool _synchronous;

    public bool IsAsync => !_synchronous;

    /// <summary>Raised once: what is under way asynchronously may find no thread of the pool any more.</summary>
    public event Action? BecameSynchronous;

    public void SawSynchronous()
    {
        if (_synchronous)
            return;
        _synchronous = true;
        BecameSynchronous?.Invoke();
    }

    public static async ValueTask<NpgsqlConnection> OpenAsync(NpgsqlDataSource source, bool async)
        => async ? await source.OpenConnectionAsync().ConfigureAwait(false) : source.OpenConnection();
}
