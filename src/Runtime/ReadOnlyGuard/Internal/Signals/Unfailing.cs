using System.Diagnostics;

namespace ReadOnlyGuard.Internal.Signals;

/// <summary>
/// An instrument of the meter. A listener's failures stay the application's own: between two steps of a rent an exception would leak a
/// connection or leave a search without its end.
/// </summary>
sealed class Unfailing<T>(Action<T, TagList> record) where T : struct
{
    public void Add(T value, TagList tags = default)
    {
        try
        {
            record(value, tags);
        }
        catch (Exception)
        {
        }
    }
}
