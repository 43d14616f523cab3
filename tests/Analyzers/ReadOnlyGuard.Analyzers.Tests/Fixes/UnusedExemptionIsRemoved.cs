using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.ExemptionIsUsed, ReadOnlyGuard.CodeFixes.ExemptionIsUsedFixer>;

namespace ReadOnlyGuard.Analyzers.Tests.Fixes;

public sealed class UnusedExemptionIsRemoved
{
    const string Exemption = "[|ReadOnlyGuard.AllowRawNpgsql(\"reads a standby\")|]";

    [Fact]
    public Task And_what_stands_above_it_stays() => Code.IsFixedInClass($$"""
        /// <summary>One.</summary>
        [{{Exemption}}]
        int One() => 1;

        // two
        [Obsolete("old")]
        [{{Exemption}}]
        int Two() => 2;

        [{{Exemption}}] int Three => 3;

        [{{Exemption}}] // four
        int Four => 4;

        [Obsolete("old"), {{Exemption}}]
        int Five => 5;

        Func<int> Six => [{{Exemption}}] () => 6;
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
