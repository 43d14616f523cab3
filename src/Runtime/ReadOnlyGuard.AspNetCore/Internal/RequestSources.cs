using Npgsql;
using ReadOnlyGuard.Internal.Cluster;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>The sources that a request may use, and which servers were their primaries when it began.</summary>
sealed class RequestSources(IEnumerable<WritableDataSource> sources)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    readonly (WritableDataSource Source, Primary? Primary)[] _sources = [.. sources.Select(source => (source, source.Readiness.Primary))];

    /// <summary>The servers that were the primaries when the request began; <see langword="null"/> where none was known.</summary>
    public string? Primaries => _sources.Select(source => source.Primary).OfType<Primary>().Select(primary => primary.Server.Endpoint.AsHost()).ToList() is { Count: > 0 } known
        ? string.Join(", ", known) : null;

    /// <summary>Waits until each source has a writable server; <see langword="false"/> if one finds none, or the client is gone.</summary>
    /// <param name="run">How often the request was run: where no source is known, the pause grows with it.</param>
    /// <param name="aborted">The client is gone.</param>
    public async Task<bool> AreWritableAsync(int run, CancellationToken aborted)
    {
        try
        {
            foreach (var (source, _) in _sources)
                await (await source.OpenConnectionAsync(aborted).ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
            if (_sources.Length == 0)
                await Task.Delay(Pause * run, aborted).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>
    /// Whether all the time since the request began each source's server could be written to: a read-only error was none of a server's
    /// then. Where no source is known, nobody can tell.
    /// </summary>
    public async Task<bool> WereWritableAsync(CancellationToken aborted)
    {
        foreach (var (source, primary) in _sources)
        {
            try
            {
                var answer = await source.Readiness.AskAsync(aborted).ConfigureAwait(false);
                if (answer.Role != ServerRole.Primary)
                    return false;
            }
            catch (TimeoutException)
            {
                // An exhausted pool, before a server that can be written to.
            }
            catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
            {
                return false;
            }
            if (source.Readiness.Primary != primary)
                return false;
        }
        return _sources.Length > 0;
    }
}
