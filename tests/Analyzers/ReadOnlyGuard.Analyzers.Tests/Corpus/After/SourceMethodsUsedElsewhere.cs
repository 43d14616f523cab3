using System.Data.Common;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Members;

public sealed class Loader
{
    // Password cannot be set on the WritableDataSource itself: the type stays.
    private readonly NpgsqlDataSource _typed;
    private readonly DbDataSource _general;

    public Loader(string connectionString)
    {
        _typed = WritableDataSource.Create(connectionString).AsNpgsqlDataSource();
        _typed.Password = "rotated";
        _general = WritableDataSource.Create(connectionString);
    }

    public DbConnection Connect() => _general.OpenConnection();
}
