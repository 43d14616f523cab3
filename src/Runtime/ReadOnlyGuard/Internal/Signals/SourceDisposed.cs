using System.Diagnostics.CodeAnalysis;

namespace ReadOnlyGuard.Internal.Signals;

/// <summary>Tells whoever is in the middle of something that the data source was disposed.</summary>
static class SourceDisposed
{
    public static void ThrowIf([DoesNotReturnIf(true)] bool disposed)
    {
        if (disposed)
            throw new ObjectDisposedException($"{nameof(ReadOnlyGuard)}.{nameof(WritableDataSource)}");
    }
}
