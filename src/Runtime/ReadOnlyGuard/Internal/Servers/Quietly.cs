using Npgsql;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>Gives connections back. That one cannot be given back in good order says nothing new about it.</summary>
static class Quietly
{
    public static async ValueTask DisposeAsync(NpgsqlConnection connection, bool async)
    {
        try
        {
            if (async)
                await connection.DisposeAsync().ConfigureAwait(false);
            else
                connection.Dispose();
        }
        catch (Exception)
        {
        }
    }
}
