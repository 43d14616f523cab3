using Microsoft.CodeAnalysis;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Every rule with its ID, its severity and its words, in the order of the IDs.</summary>
static class Descriptors
{
    /// <summary>Where the rule pages are read; each is named by its ID.</summary>
    public const string HelpBase = "https://github.com/readonlyguard/readonlyguard/blob/main/docs/rules/";

    public static readonly DiagnosticDescriptor RawConnection = Create(
        RuleIds.RawConnection,
        "Raw NpgsqlConnection",
        "This NpgsqlConnection goes round the guard: after a failover it can be one that no longer writes. Take it from a WritableDataSource.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor RawDataSource = Create(
        RuleIds.RawDataSource,
        "Raw NpgsqlDataSource",
        "This NpgsqlDataSource bypasses the guard: after a failover its connections can be ones that no longer write. Make it of a WritableDataSource.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor RawRegistration = Create(
        RuleIds.RawRegistration,
        "Raw registration",
        "What this registers bypasses the guard: after a failover it can inject connections that no longer write. Register a WritableDataSource.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor UnguardedEntityFramework = Create(
        RuleIds.UnguardedEntityFramework,
        "Unguarded EF Core",
        "This DbContext bypasses the guard: after a failover its connections can be ones that no longer write. Give UseNpgsql a WritableDataSource.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor IndirectCreation = Create(
        RuleIds.IndirectCreation,
        "Indirect creation",
        "This creates NpgsqlConnections that go round the guard: after a failover they can be ones that no longer write. Take them from a WritableDataSource.",
        DiagnosticSeverity.Info);

    public static readonly DiagnosticDescriptor Escape = Create(
        RuleIds.Escape,
        "Escape from the guard",
        "A copy of a guarded connection bypasses the guard, and its connection string has no password. Take another connection from the WritableDataSource.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor OpenedTwice = Create(
        RuleIds.OpenedTwice,
        "Connection opened twice",
        "The data source returned this connection open: opening it again throws. Remove the call, or take an unopened one from CreateConnection.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor ContradictoryString = Create(
        RuleIds.ContradictoryString,
        "Contradictory connection string",
        "The guard refuses this connection string: {0}",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor IdleException = Create(
        RuleIds.IdleException,
        "Idle exception",
        "{0}",
        DiagnosticSeverity.Info);

    public static readonly DiagnosticDescriptor IneffectiveClear = Create(
        RuleIds.IneffectiveClear,
        "Ineffective clear",
        "This does not reach the pool of a data source, and its connections stay: call Clear on the data source.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor BrokenRetry = Create(
        RuleIds.BrokenRetry,
        "Broken retry",
        "{0}",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor ConnectionKept = Create(
        RuleIds.ConnectionKept,
        "Connection kept",
        "This connection is kept for the life of the process, and is never validated again. Keep the data source, and rent a connection when it is needed.",
        DiagnosticSeverity.Info,
        // Singletons are known when the whole project was read.
        tags: [WellKnownDiagnosticTags.CompilationEnd]);

    public static readonly DiagnosticDescriptor ReplicationConnection = Create(
        RuleIds.ReplicationConnection,
        "Replication connection",
        "This replication connection goes round the guard: after a failover it can lead to a server that is no longer the primary.",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: false);

    static DiagnosticDescriptor Create(string id, string title, string message, DiagnosticSeverity severity, bool isEnabledByDefault = true, params string[] tags) =>
        new(id, title, message, "Reliability", severity, isEnabledByDefault, helpLinkUri: HelpBase + id + ".md", customTags: tags);
}
