using System.Text.RegularExpressions;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Knows which command texts begin and end transactions.</summary>
static class TransactionControl
{
    const string ToSavepoint = @"ROLLBACK\s+((WORK|TRANSACTION)\s+)?TO\b";
    const string Statement = $@"\s*(?!{ToSavepoint})(COMMIT|ROLLBACK|END|ABORT|BEGIN|(START|PREPARE)\s+TRANSACTION)\b";
    const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant;

    static readonly Regex First = new("^" + Statement, Options);
    static readonly Regex Any = new("(^|;)" + Statement, Options);
    static readonly Regex Savepoint = new(ToSavepoint, Options);

    // The body of a function, in dollar quotes, has semicolons and an END of its own.
    public static bool IsIn(string commandText) => (commandText.IndexOf('$') >= 0 ? First : Any).IsMatch(commandText);

    public static bool IsReturnToSavepoint(string commandText) => Savepoint.IsMatch(commandText);
}
