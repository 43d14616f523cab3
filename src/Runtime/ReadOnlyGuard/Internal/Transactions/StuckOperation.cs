using Npgsql;
using ReadOnlyGuard.Internal.Threads;

namespace ReadOnlyGuard.Internal.Transactions;

/// <summary>
/// Cancels an operation when its server was replaced. It may be waiting for a command that a frozen server will never answer.
/// </summary>
sealed class StuckOperation : IDisposable
{
    // Takes no snapshot: the operation may still set its transaction up.
    const string Anything = "SHOW transaction_read_only";

    readonly CancellationTokenSource _source;
    readonly CancellationTokenRegistration _registration;
    readonly string _host;

    public StuckOperation(CancellationToken replaced, string host, CancellationToken cancellationToken)
    {
        _host = host;
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Whoever cancels a command of Npgsql's opens a connection to the server on the spot, and waits for it.
        _registration = replaced.UnsafeRegister(_ => AbandonableWork.Start("cancellation on " + host, _source.Cancel), null);
    }

    /// <summary>The caller's token, cancelled then too.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>
    /// Sends the BEGIN that Npgsql would send with the first command of the operation: it cancels no command that something else goes out
    /// with. One round trip.
    /// </summary>
    /// <returns>Completes late where the server does not answer. Until then the connection is in use.</returns>
    public Task SendBeginAsync(NpgsqlConnection connection) => AbandonableWork.StartAsync("BEGIN on " + _host, () =>
    {
        using var command = new NpgsqlCommand(Anything, connection);
        return command.ExecuteScalar();
    });

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
