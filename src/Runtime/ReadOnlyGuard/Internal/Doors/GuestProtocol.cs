using System.Buffers.Binary;
using System.Text;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.Internal.Doors;

/// <summary>
/// The little of PostgreSQL's protocol that a waiting room speaks: what a client says before a server has answered anything.
/// </summary>
/// <remarks>https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-START-UP</remarks>
static class GuestProtocol
{
    /// <summary>The length and the code that every first message begins with.</summary>
    public const int HeaderBytes = 8;

    const int SslRequest = 80877103, GssEncryptionRequest = 80877104, Version3 = 3 << 16;

    public static readonly byte[] No = "N"u8.ToArray();

    public static readonly byte[] WaitIsOver = Error(SqlStates.WaitIsOver, "The wait is over.");

    public enum Message { Encryption, Startup, Other }

    public static Message Of(ReadOnlySpan<byte> header) => BinaryPrimitives.ReadInt32BigEndian(header[4..]) switch
    {
        SslRequest or GssEncryptionRequest => Message.Encryption,
        var version when version >> 16 == Version3 >> 16 => Message.Startup,
        // A CancelRequest, or no client of PostgreSQL's.
        _ => Message.Other,
    };

    /// <summary>An ErrorResponse: severity, code, the guard's explanation, and where it comes from.</summary>
    public static byte[] Error(string sqlState, string message)
    {
        var fields = new MemoryStream();
        Field('S', "FATAL");
        Field('V', "FATAL");
        Field('C', sqlState);
        Field('M', message);
        Field('R', "readonlyguard_waiting_room");
        fields.WriteByte(0);

        var response = new byte[5 + fields.Length];
        response[0] = (byte)'E';
        BinaryPrimitives.WriteInt32BigEndian(response.AsSpan(1), (int)fields.Length + 4);
        fields.ToArray().CopyTo(response, 5);
        return response;

        void Field(char type, string value)
        {
            fields.WriteByte((byte)type);
            fields.Write(Encoding.UTF8.GetBytes(value.Replace('\0', ' ')));
            fields.WriteByte(0);
        }
    }
}
