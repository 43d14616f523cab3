using System.Data.Common;
using Npgsql;

namespace Shop.Members;

public sealed class Loader
{
    // Password cannot be set on the WritableDataSource itself: the type stays.
    private readonly NpgsqlDataSource _typed;
    private readonly DbDataSource _general;

    public Loader(string connectionString)
    {
        _typed = NpgsqlDataSource.Create(connectionString);
        _typed.Password = "rotated";
        _general = NpgsqlDataSource.Create(connectionString);
    }

    public DbConnection Connect() => _general.OpenConnection();
}
