using Npgsql;

namespace ReadOnlyGuard.FailoverTests.Doors;

/// <summary>The ways in which code gets its connections.</summary>
static class Door
{
    public const string Rent = "OpenConnectionAsync", Unopened = "CreateConnection, OpenAsync", UnopenedOnThreads = "CreateConnection, Open",
        Shared = "AsNpgsqlDataSource", SharedOnThreads = "AsNpgsqlDataSource, synchronous", BuiltByTheApplication = "BuildWritable().AsNpgsqlDataSource()";

    public static bool IsOnThreads(string door) => door is UnopenedOnThreads or SharedOnThreads;

    public static WritableDataSource SourceFor(string door, string connectionString, Action<WritableDataSourceOptions>? configure = null)
        => door == BuiltByTheApplication
            ? new NpgsqlDataSourceBuilder(connectionString).BuildWritable(configure) : WritableDataSource.Create(connectionString, configure);

    /// <summary>An open connection; a synchronous door blocks.</summary>
    public static async ValueTask<NpgsqlConnection> OpenAsync(string door, WritableDataSource source)
    {
        switch (door)
        {
            case Rent:
                return await source.OpenConnectionAsync();
            case SharedOnThreads:
                return source.AsNpgsqlDataSource().OpenConnection();
            case UnopenedOnThreads:
            {
                var connection = source.CreateConnection();
                try
                {
                    connection.Open();
                    return connection;
                }
                catch
                {
                    connection.Dispose();
                    throw;
                }
            }
            case Unopened:
            {
                var connection = source.CreateConnection();
                try
                {
                    await connection.OpenAsync();
                    return connection;
                }
                catch
                {
                    await connection.DisposeAsync();
                    throw;
                }
            }
            default:
                return await source.AsNpgsqlDataSource().OpenConnectionAsync();
        }
    }
}
