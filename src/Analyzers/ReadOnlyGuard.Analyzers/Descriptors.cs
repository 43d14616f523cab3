using Microsoft.CodeAnalysis;

namespace ReadOnlyGuard.Analyzers;

/// <summary>Every rule with its ID, its severity and its words, in the order of the IDs.</summary>
static class Descriptors
{
    /// <summary>Where the rule pages are read; each is named by its ID.</summary>
    public const string HelpBase = Docs + "rules/";

    /// <summary>Where a library's recipe is read, under its name in lower case.</summary>
    public const string LibrariesPage = Docs + "libraries.md";

    const string Docs = "https://github.com/readonlyguard/readonlyguard/blob/main/docs/";

    public static readonly DiagnosticDescriptor RawConnection = Create(
        RuleIds.RawConnection,
        "Raw NpgsqlConnection",
        "'{0}' bypasses ReadOnlyGuard: after a failover its pool can return connections to a read-only server. Use WritableDataSource.For(…).OpenConnection().",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor RawDataSource = Create(
        RuleIds.RawDataSource,
        "Raw NpgsqlDataSource",
        "'{0}' bypasses ReadOnlyGuard: after a failover this data source can return connections to a read-only server. Create it from a WritableDataSource.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor RawRegistration = Create(
        RuleIds.RawRegistration,
        "Raw registration",
        "What '{0}' registers bypasses ReadOnlyGuard: after a failover it can inject connections to a read-only server. Register a WritableDataSource.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor UnguardedEntityFramework = Create(
        RuleIds.UnguardedEntityFramework,
        "Unguarded EF Core",
        "'{0}' lets this DbContext bypass ReadOnlyGuard: after a failover its connections can lead to a read-only server. Use UseWritableNpgsql.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor IndirectCreation = Create(
        RuleIds.IndirectCreation,
        "Indirect creation",
        "'{0}' creates connections that bypass ReadOnlyGuard: after a failover they can lead to a read-only server. Take them from a WritableDataSource.",
        DiagnosticSeverity.Info);

    public static readonly DiagnosticDescriptor Escape = Create(
        RuleIds.Escape,
        "Escape from the guard",
        "What is made with '{0}' bypasses ReadOnlyGuard, or lacks the password. Take another connection from the WritableDataSource.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor OpenedTwice = Create(
        RuleIds.OpenedTwice,
        "Connection opened twice",
        "'{0}' throws: the data source returned this connection already open. Remove the call, or take an unopened connection from CreateConnection.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor ContradictoryString = Create(
        RuleIds.ContradictoryString,
        "Contradictory connection string",
        "The guard refuses this connection string: {0}",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor UnusedExemption = Create(
        RuleIds.UnusedExemption,
        "Unused or unexplained [AllowRawNpgsql]",
        "{0}",
        DiagnosticSeverity.Info);

    public static readonly DiagnosticDescriptor IneffectiveClear = Create(
        RuleIds.IneffectiveClear,
        "Ineffective clear",
        "'{0}' does not reach the pool of a data source, so its connections stay open. Call {1}.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor BrokenRetry = Create(
        RuleIds.BrokenRetry,
        "Broken retry",
        "{0}",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticDescriptor ConnectionKept = Create(
        RuleIds.ConnectionKept,
        "Connection kept",
        "'{0}' keeps this connection for the life of the process, and nobody checks it again. Keep the data source, and rent a connection for each piece of work.",
        DiagnosticSeverity.Info,
        // Singletons are known when the whole project was read.
        tags: [WellKnownDiagnosticTags.CompilationEnd]);

    public static readonly DiagnosticDescriptor ReplicationConnection = Create(
        RuleIds.ReplicationConnection,
        "Replication connection",
        "'{0}' bypasses ReadOnlyGuard: after a failover it can lead to a server that is no longer the primary",
        DiagnosticSeverity.Warning,
        isEnabledByDefault: false);

    public static readonly DiagnosticDescriptor LibraryConnectionString = Create(
        RuleIds.LibraryConnectionString,
        "Connection string given to a library",
        "'{0}' opens its own connections with this connection string, and they bypass ReadOnlyGuard. What to give it instead: {1}",
        DiagnosticSeverity.Info);

    static DiagnosticDescriptor Create(string id, string title, string message, DiagnosticSeverity severity, bool isEnabledByDefault = true, params string[] tags) =>
        new(id, title, message, "Reliability", severity, isEnabledByDefault, helpLinkUri: HelpBase + id + ".md", customTags: tags);
}
