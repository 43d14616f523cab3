namespace ReadOnlyGuard.Benchmarks;

/// <summary>A way to rent, the same with plain Npgsql, and what is promised of the two.</summary>
/// <param name="AtMost">How many times plain Npgsql it may take; <see langword="null"/> where nothing is promised.</param>
/// <param name="MayAllocate">Whether it may allocate more than plain Npgsql.</param>
sealed record Comparison(string Name, string Plain, string Other, double? AtMost = null, bool MayAllocate = true)
{
    public static IReadOnlyList<Comparison> All { get; } =
    [
        new("OpenConnectionAsync", nameof(Rent.PlainOpenConnectionAsync), nameof(Rent.GuardedOpenConnectionAsync), AtMost: 1.10, MayAllocate: false),
        new("OpenConnection", nameof(Rent.PlainOpenConnection), nameof(Rent.GuardedOpenConnection), AtMost: 1.12, MayAllocate: false),
        new("CreateConnection + OpenAsync, beside Npgsql's multi-host", nameof(Rent.MultiHostCreateConnectionOpenAsync), nameof(Rent.GuardedCreateConnectionOpenAsync), AtMost: 1.10, MayAllocate: false),
        new("AsNpgsqlDataSource, beside Npgsql's multi-host", nameof(Rent.MultiHostPrimary), nameof(Rent.SharedOpenConnectionAsync), AtMost: 1.10, MayAllocate: false),
        new("(CreateConnection + OpenAsync)", nameof(Rent.PlainCreateConnectionOpenAsync), nameof(Rent.GuardedCreateConnectionOpenAsync)),
        new("(Npgsql's own multi-host)", nameof(Rent.PlainOpenConnectionAsync), nameof(Rent.MultiHostPrimary)),
    ];
}
