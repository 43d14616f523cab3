using System.Reflection;
using Npgsql;
using ReadOnlyGuard;

namespace Tools;

/// <summary>Runs the scripts that are embedded in an assembly, once each, under an advisory lock.</summary>
public static class MigrationRunner
{
    const long Lock = 815;

    public static void Run(string connectionString, Assembly assembly)
    {
        using var connection = WritableDataSource.For(connectionString).OpenConnection();

        // Migrations are run by one instance at a time.
        Execute(connection, $"select pg_advisory_lock({Lock})");
        try
        {
            foreach (var name in assembly.GetManifestResourceNames().Where(n => n.EndsWith(".sql")).OrderBy(n => n))
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                using var transaction = connection.BeginTransaction();
                Execute(connection, reader.ReadToEnd());
                Execute(connection, $"insert into migrations values ('{name}')");
                transaction.Commit();
            }
        }
        finally
        {
            Execute(connection, $"select pg_advisory_unlock({Lock})");
        }
    }

    static void Execute(NpgsqlConnection connection, string sql)
    {
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }
}
