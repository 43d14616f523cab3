using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>
/// The session as a run sees it. What the run writes is kept back until the answer starts or the run ends, and forgotten with the run.
/// </summary>
sealed class RunSession(ISession session) : ISession
{
    // Null: removed.
    readonly Dictionary<string, byte[]?> _written = new(StringComparer.Ordinal);
    bool _cleared;

    /// <summary>The run has stored it by itself: what it wrote cannot be taken back.</summary>
    public bool WasStored { get; private set; }

    public bool IsAvailable => session.IsAvailable;

    public string Id => session.Id;

    public IEnumerable<string> Keys
        => (_cleared ? [] : session.Keys).Except(_written.Keys).Concat(_written.Where(entry => entry.Value is not null).Select(entry => entry.Key));

    public bool TryGetValue(string key, [NotNullWhen(true)] out byte[]? value)
    {
        if (_written.TryGetValue(key, out value))
            return value is not null;
        value = null;
        return !_cleared && session.TryGetValue(key, out value);
    }

    public void Set(string key, byte[] value) => _written[key] = [.. value];

    public void Remove(string key) => _written[key] = null;

    public void Clear()
    {
        _cleared = true;
        _written.Clear();
    }

    public Task LoadAsync(CancellationToken cancellationToken = default) => session.LoadAsync(cancellationToken);

    public Task CommitAsync(CancellationToken cancellationToken = default)
    {
        Apply();
        WasStored = true;
        return session.CommitAsync(cancellationToken);
    }

    public void Forget()
    {
        _cleared = false;
        _written.Clear();
    }

    /// <summary>Writes what was kept back. Before the answer starts: a session that is new sends its cookie with it.</summary>
    public void Apply()
    {
        if (_cleared)
            session.Clear();
        foreach (var (key, value) in _written)
        {
            if (value is null)
                session.Remove(key);
            else
                session.Set(key, value);
        }
        Forget();
    }
}
