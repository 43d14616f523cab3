namespace ReadOnlyGuard.Internal.Servers;

/// <summary>Asks one server for a search, and reports each answer to it, until the search ends.</summary>
interface IProbe : IDisposable
{
    void LookFor(IInquiry inquiry);
}

/// <summary>What a search asks of one server.</summary>
interface IInquiry
{
    bool HasEnded { get; }

    /// <summary>For how long the search has been under way.</summary>
    TimeSpan Elapsed { get; }

    void Report(ServerAnswer answer);

    /// <summary>A pause, which the end of the search cuts short.</summary>
    ValueTask PauseAsync(TimeSpan pause, bool async);
}
