namespace ReadOnlyGuard.Internal;

/// <summary>Asks one server for a search, and reports each answer to it, until the search ends.</summary>
interface IProbe : IDisposable
{
    void LookFor(Search search);
}
