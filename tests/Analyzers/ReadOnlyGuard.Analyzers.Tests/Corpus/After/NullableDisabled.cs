#nullable disable
using System.Data;
using Npgsql;
using ReadOnlyGuard;

namespace Legacy.Nullable
{
    public class Gateway
    {
        private string connectionString;
        private NpgsqlConnection connection;

        public Gateway(string connectionString)
        {
            this.connectionString = connectionString;
        }

        public void Connect()
        {
            if (connection != null && connection.State == ConnectionState.Open)
                return;

            connection = new NpgsqlConnection();
            connection.ConnectionString = connectionString;
            connection.Open();
        }

        public object Scalar(string sql)
        {
            using (var temporary = WritableDataSource.For(connectionString ?? "Host=localhost").OpenConnection())
            {
                using (var command = temporary.CreateCommand())
                {
                    command.CommandText = sql;
                    return command.ExecuteScalar();
                }
            }
        }
    }
}
