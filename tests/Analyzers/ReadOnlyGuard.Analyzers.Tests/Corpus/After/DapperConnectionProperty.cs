using System.Data;
using Dapper;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Customers
{
    public class CustomerRepository
    {
        readonly string _cs;

        public CustomerRepository(string cs) { _cs = cs; }

        // The classic of many tutorials.
        internal IDbConnection Connection
        {
            get { return WritableDataSource.For(_cs).CreateConnection(); }
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
