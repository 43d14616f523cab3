using System.Data;
using Dapper;
using Npgsql;

namespace Shop.Customers
{
    public class CustomerRepository
    {
        readonly string _cs;

        public CustomerRepository(string cs) { _cs = cs; }

        // The classic of many tutorials.
        internal IDbConnection Connection
        {
            get { return new NpgsqlConnection(_cs); }
        }

        public void Add(string name)
        {
            using (IDbConnection db = Connection)
            {
                db.Open();
                db.Execute("INSERT INTO customers (name) VALUES (@name)", new { name });
            }
        }

        public IEnumerable<string> All()
        {
            using (IDbConnection db = Connection)
            {
                return db.Query<string>("SELECT name FROM customers").ToList();
            }
        }
    }
}
