using Pg = Npgsql.NpgsqlConnection;
using static System.Console;

namespace Shop.Aliases
{
    using Source = Npgsql.NpgsqlDataSource;

    internal static class Program2
    {
        internal static void Print(string cs)
        {
            using (var c = new Pg(cs))
            {
                c.Open();
                WriteLine(c.ServerVersion);
            }

            using var s = Source.Create(cs);
            using var d = s.OpenConnection();
            WriteLine(d.Database);

            using var full = new global::Npgsql.NpgsqlConnection(connectionString: cs);
            full.Open();
        }
    }
}
