using Npgsql;

namespace Shop.Local;

public static class Batch
{
    public static int Run(string connectionString, IEnumerable<string> statements)
    {
        var done = 0;
        foreach (var statement in statements)
            done += Execute(statement);
        return done;

        int Execute(string sql)
        {
            using var connection = Open();
            using var command = new NpgsqlCommand(sql, connection);
            return command.ExecuteNonQuery();
        }

        NpgsqlConnection Open()
        {
            var connection = new NpgsqlConnection(connectionString);
            connection.Open();
            return connection;
        }
    }
}
