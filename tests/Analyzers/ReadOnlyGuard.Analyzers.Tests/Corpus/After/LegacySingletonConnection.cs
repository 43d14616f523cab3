using System.Data;
using Npgsql;
using ReadOnlyGuard;

namespace Legacy.Singleton
{
    public class Database
    {
        private static NpgsqlConnection? instance;
        private static readonly object sync = new object();

        public static NpgsqlConnection Instance
        {
            get
            {
                lock (sync)
                {
                    if (instance == null)
                    {
                        instance = WritableDataSource.For("Host=erp").CreateConnection();
                        instance.Open();
                    }
                    else if (instance.State != ConnectionState.Open)
                    {
                        instance.Open();
                    }
                    return instance;
                }
            }
        }
    }
}
