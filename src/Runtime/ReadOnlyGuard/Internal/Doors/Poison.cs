using Npgsql;
using NpgsqlTypes;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// Breaks a connection at once, without its server: Npgsql then takes that host for offline and clears its pool. This is how opens are led
/// past a primary that was replaced and does not know it, or that accepts connections and answers nothing.
/// </summary>
/// <remarks>
/// A parameter that cannot be read to its end leaves half a message on the wire, so Npgsql breaks the connection, and when what reading
/// it threw is transient, it does so as for a lost server. Nothing is sent that PostgreSQL would act on.
/// </remarks>
static class Poison
{
    public static void Give(NpgsqlConnection connection)
    {
        try
        {
            using var command = new NpgsqlCommand("SELECT $1", connection) { Parameters = { new() { Value = new Unreadable(), NpgsqlDbType = NpgsqlDbType.Bytea } } };
            command.ExecuteNonQuery();
        }
        catch (Exception)
        {
            // That was the purpose, or it was broken before.
        }
        connection.Dispose();
    }

    sealed class Unreadable : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => true;
        public override bool CanWrite => false;
        public override long Length => 1;
        public override long Position { get; set; }

        static NpgsqlException Lost => new("Its server was replaced as the primary.", new IOException());

        public override int Read(byte[] buffer, int offset, int count) => throw Lost;
        public override int Read(Span<byte> buffer) => throw Lost;
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
