namespace ReadOnlyGuard.Analyzers;

/// <summary>
/// The names of other assemblies that the rules and fixes know. The runtime's stand here and nowhere else, because the two halves
/// never reference each other; a test compares them with the real types.
/// </summary>
static class WellKnownNames
{
    public const string NpgsqlAssembly = "Npgsql";
    public const string NpgsqlConnection = "Npgsql.NpgsqlConnection";
    public const string NpgsqlDataSource = "Npgsql.NpgsqlDataSource";
    public const string NpgsqlDataSourceBuilder = "Npgsql.NpgsqlDataSourceBuilder";
    public const string NpgsqlSlimDataSourceBuilder = "Npgsql.NpgsqlSlimDataSourceBuilder";
    public const string NpgsqlFactory = "Npgsql.NpgsqlFactory";

    public const string ServiceCollectionExtensions = "Microsoft.Extensions.DependencyInjection.ReadOnlyGuardServiceCollectionExtensions";
    public const string NpgsqlDbContextOptionsBuilderExtensions = "Microsoft.EntityFrameworkCore.NpgsqlDbContextOptionsBuilderExtensions";
    public const string Namespace = "ReadOnlyGuard";
    public const string AllowRawNpgsqlAttribute = "AllowRawNpgsqlAttribute";
    public const string WritableDataSource = "WritableDataSource";
    public const string RecoveryWatcher = "RecoveryWatcher";

    /// <summary>What <see cref="WritableDataSource"/> and the builders are asked for.</summary>
    public static class Members
    {
        public const string Clear = "Clear";
        public const string ClearAll = "ClearAll";
        public const string Create = "Create";
        public const string AddDataSource = "AddWritableNpgsqlDataSource";
        public const string AddSlimDataSource = "AddWritableNpgsqlSlimDataSource";
        public const string AsNpgsqlDataSource = "AsNpgsqlDataSource";
        public const string BuildWritable = "BuildWritable";
        public const string For = "For";
        public const string UseWritableNpgsql = "UseWritableNpgsql";
        public const string CreateConnection = "CreateConnection";
        public const string ExecuteInTransaction = "ExecuteInTransaction";
        public const string ExecuteInTransactionAsync = "ExecuteInTransactionAsync";
        public const string OpenConnection = "OpenConnection";
        public const string OpenConnectionAsync = "OpenConnectionAsync";
        public const string Watch = "Watch";
    }
}
