namespace ReadOnlyGuard.Internal;

/// <summary>Cancels an operation when its server was replaced. It may be waiting for a command that a frozen server will never answer.</summary>
sealed class StuckOperation : IDisposable
{
    readonly CancellationTokenSource _source;
    readonly CancellationTokenRegistration _registration;

    public StuckOperation(CancellationToken replaced, string host, CancellationToken cancellationToken)
    {
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        // Whoever cancels a command of Npgsql's opens a connection to the server on the spot, and waits for it.
        _registration = replaced.UnsafeRegister(_ => AbandonableWork.Start("cancellation on " + host, _source.Cancel), null);
    }

    /// <summary>The caller's token, cancelled then too.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
