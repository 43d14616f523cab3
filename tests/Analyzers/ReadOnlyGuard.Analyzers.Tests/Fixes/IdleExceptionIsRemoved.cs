using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ExceptionIsNotIdle, ReadOnlyGuard.CodeFixes.ExceptionIsNotIdleFixer>;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class IdleExceptionIsRemoved
{
    const string Exception = "[|ReadOnlyGuard.AllowRawNpgsql(\"reads a standby\")|]";

    [Fact]
    public Task And_what_stands_above_it_stays() => Code.IsFixedInClass($$"""
        /// <summary>One.</summary>
        [{{Exception}}]
        int One() => 1;

        // two
        [Obsolete("old")]
        [{{Exception}}]
        int Two() => 2;

        [{{Exception}}] int Three => 3;

        [{{Exception}}] // four
        int Four => 4;

        [Obsolete("old"), {{Exception}}]
        int Five => 5;

        Func<int> Six => [{{Exception}}] () => 6;
    """, """
        /// <summary>One.</summary>
        int One() => 1;

        // two
        [Obsolete("old")]
        int Two() => 2;

        int Three => 3;

        // four
        int Four => 4;

        [Obsolete("old")]
        int Five => 5;

        Func<int> Six => () => 6;
    """);

    [Fact]
    public Task But_not_one_whose_reason_is_missing() => Code.IsNotFixedInClass("""
        [[|ReadOnlyGuard.AllowRawNpgsql("")|]] object Make() => new NpgsqlConnection("Host=a");
        """);
}
