namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>What is known of one run of an operation: whether what it did can be undone by running it again.</summary>
sealed class ContextRun
{
    bool _broke, _openFailed, _inFlight;

    /// <summary>Whether the caller verifies a COMMIT that is not answered: then it is worth a round trip more to find out.</summary>
    public bool WillBeVerified { get; private set; }

    /// <summary>A COMMIT was not answered, and it was found out that it did nothing.</summary>
    public bool IsProvenUndone { get; set; }

    /// <summary>The connection broke, or could not be opened: whatever was in a transaction on it is rolled back.</summary>
    public bool IsLost => _broke || _openFailed;

    /// <summary>A statement that may have written was its own transaction, and the connection broke before it had ended.</summary>
    public bool IsUnknown => _broke && _inFlight;

    /// <summary>Something was committed, so that another run would do it again.</summary>
    public bool HasCommitted { get; private set; }

    public void Begin(bool willBeVerified)
    {
        (_broke, _openFailed, _inFlight) = (false, false, false);
        (WillBeVerified, IsProvenUndone, HasCommitted) = (willBeVerified, false, false);
    }

    public void End()
    {
        Ended();
        WillBeVerified = false;
    }

    public void Broke() => _broke = true;

    public void OpenFailed() => _openFailed = true;

    public void Committed() => HasCommitted = true;

    /// <summary>A statement is sent, so the one before it has ended.</summary>
    /// <param name="mayCommit">Whether it may write, and is its own transaction.</param>
    public void Sending(bool mayCommit)
    {
        Ended();
        _inFlight = mayCommit;
    }

    public void Ended()
    {
        if (_broke || !_inFlight)
            return;
        _inFlight = false;
        HasCommitted = true;
    }

    /// <summary>The server answered a statement with an error and undid it, or nobody knows.</summary>
    public void Failed() => _inFlight &= _broke;
}
