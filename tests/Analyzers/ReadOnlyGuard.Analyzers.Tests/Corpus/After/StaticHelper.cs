using System.Data;
using Npgsql;
using ReadOnlyGuard;

namespace Legacy
{
    public static class Db
    {
        public static string ConnectionString = "Server=127.0.0.1;Port=5432;Database=erp;User Id=erp;";

        public static DataTable GetTable(string sql)
        {
            var table = new DataTable();
            using (NpgsqlConnection conn = WritableDataSource.For(ConnectionString).CreateConnection())
            using (NpgsqlCommand cmd = new NpgsqlCommand(sql, conn))
            {
                conn.Open();
                using (NpgsqlDataReader reader = cmd.ExecuteReader())
                {
                    table.Load(reader);
                }
            }
            return table;
        }

        public static int Execute(string sql)
        {
            NpgsqlConnection conn = WritableDataSource.For(ConnectionString).OpenConnection();
            try
            {
                NpgsqlCommand cmd = new NpgsqlCommand(sql, conn);
                return cmd.ExecuteNonQuery();
            }
            finally
            {
                conn.Close();
            }
        }

        public static NpgsqlDataAdapter Adapter(string sql)
        {
            return new NpgsqlDataAdapter(sql, ConnectionString);
        }
    }
}
