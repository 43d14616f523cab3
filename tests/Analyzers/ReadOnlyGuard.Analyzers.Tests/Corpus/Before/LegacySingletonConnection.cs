using System.Data;
using Npgsql;

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
                        instance = new NpgsqlConnection("Host=erp");
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
