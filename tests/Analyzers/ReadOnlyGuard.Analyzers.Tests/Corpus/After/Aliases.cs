using Pg = Npgsql.NpgsqlConnection;
using static System.Console;

namespace Shop.Aliases
{
    using ReadOnlyGuard;
    using Source = Npgsql.NpgsqlDataSource;

    internal static class Program2
    {
        internal static void Print(string cs)
        {
            using (var c = WritableDataSource.For(cs).OpenConnection())
            {
                WriteLine(c.ServerVersion);
            }

            using var s = WritableDataSource.Create(cs);
            using var d = s.OpenConnection();
            WriteLine(d.Database);

            using var full = WritableDataSource.For(connectionString: cs).OpenConnection();
        }
    }
}
