using Npgsql;
using ReadOnlyGuard;

namespace Shop.Stacked;

public class Copy
{
    public void Run(string from, string to)
    {
        using (var source = WritableDataSource.For(from).CreateConnection())
        using (var target = WritableDataSource.For(to).CreateConnection())
        {
            source.Open();
            target.Open();
            using var select = new NpgsqlCommand("select id from t", source);
            using var insert = new NpgsqlCommand("insert into t values ($1)", target) { Parameters = { new NpgsqlParameter<int>() } };
            using var reader = select.ExecuteReader();
            while (reader.Read())
            {
                insert.Parameters[0].Value = reader.GetInt32(0);
                insert.ExecuteNonQuery();
            }
        }
    }
}
