namespace ReadOnlyGuard.Benchmarks;

/// <summary>A way to rent, the same with plain Npgsql, and what is promised of the two.</summary>
/// <param name="AtMost">How many times plain Npgsql it may take; <see langword="null"/> where nothing is promised.</param>
/// <param name="MayAllocate">Whether it may allocate more than plain Npgsql.</param>
sealed record Comparison(string Name, string Plain, string Other, double? AtMost = null, bool MayAllocate = true)
{
    public static IReadOnlyList<Comparison> All { get; } =
    [
        new("OpenConnectionAsync", nameof(Rent.PlainOpenConnectionAsync), nameof(Rent.GuardedOpenConnectionAsync), AtMost: 1.15, MayAllocate: false),
        new("CreateConnection + OpenAsync", nameof(Rent.PlainCreateConnectionOpenAsync), nameof(Rent.GuardedCreateConnectionOpenAsync), AtMost: 1.35),
        new("OpenConnection", nameof(Rent.PlainOpenConnection), nameof(Rent.GuardedOpenConnection)),
        new("(Npgsql's own multi-host primary)", nameof(Rent.PlainOpenConnectionAsync), nameof(Rent.MultiHostPrimary)),
    ];
}
