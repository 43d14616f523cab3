using Npgsql;
using NpgsqlTypes;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>Breaks a connection at once, without its server, by public API: a parameter that cannot be read to its end.</summary>
/// <remarks>
/// It leaves half a message in Npgsql's buffer, so Npgsql closes the connection whatever is thrown; where that is transient, Npgsql takes
/// it for the loss of the server. Nothing is sent that PostgreSQL would act on.
/// </remarks>
static class Poison
{
    /// <summary>
    /// Npgsql takes the connection's host for offline and clears its pool: opens are led past a primary that was replaced and does not know
    /// it, or that accepts connections and answers nothing.
    /// </summary>
    public static void TakeHostOffline(NpgsqlConnection connection)
        => Break(connection, static () => new NpgsqlException("Its server was replaced as the primary.", new IOException()));

    /// <summary>The physical connection is closed instead of going back to its pool, and nothing happens to the others.</summary>
    public static void Evict(NpgsqlConnection connection) => Break(connection, static () => new InvalidOperationException("The connection is not to be used again."));

    static void Break(NpgsqlConnection connection, Func<Exception> thrown)
    {
        try
        {
            using var command = new NpgsqlCommand("SELECT $1", connection)
            {
                Parameters = { new() { Value = new Unreadable(thrown), NpgsqlDbType = NpgsqlDbType.Bytea } },
            };
            command.ExecuteNonQuery();
        }
        catch (Exception)
        {
            // That was the purpose, or it was broken before.
        }
        connection.Dispose();
    }

    sealed class Unreadable(Func<Exception> thrown) : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => 1;
        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count) => throw thrown();
        public override int Read(Span<byte> buffer) => throw thrown();
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
