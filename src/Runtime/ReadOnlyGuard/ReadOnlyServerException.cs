using Npgsql;

namespace ReadOnlyGuard;

/// <summary>
/// The server behind a connection cannot be written to now, so the connection was not handed out. Nothing was executed: the work can
/// be tried again on a new connection (<see cref="IsTransient"/> is <see langword="true"/>).
/// </summary>
public sealed class ReadOnlyServerException : NpgsqlException
{
    internal ReadOnlyServerException(ServerAnswer answer, string remedy)
        : this($"{answer}, so the connection was not handed out, and nothing was executed. {remedy}", answer)
    {
    }

    ReadOnlyServerException(string message, ServerAnswer answer)
        : base(message, answer.Error) => Answer = answer;

    /// <summary>A promotion was seen elsewhere while a transaction was under way.</summary>
    internal static ReadOnlyServerException Replaced(ServerAnswer answer)
        => new($"{answer}, which was seen while the transaction was under way, so it was not committed. Run it again.", answer);

    /// <summary>The server, its role and, where it gave no answer, the error.</summary>
    public ServerAnswer Answer { get; }

    /// <summary>Always <see langword="true"/>: nothing was executed, and a later attempt may find a writable server.</summary>
    public override bool IsTransient => true;
}
