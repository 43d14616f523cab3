using System.Data;
using Dapper;
using Npgsql;
using ReadOnlyGuard;

namespace Shop.Data;

public abstract class RepositoryBase(string connectionString)
{
    protected async Task<T> WithConnectionAsync<T>(Func<IDbConnection, Task<T>> work, CancellationToken cancellationToken = default)
    {
        await using var connection = await WritableDataSource.For(connectionString).OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        return await work(connection).ConfigureAwait(false);
    }
}

public sealed class StockRepository(string connectionString) : RepositoryBase(connectionString)
{
    public Task<int> TakeAsync(int item, int count) => WithConnectionAsync(c =>
        c.ExecuteAsync("update stock set count = count - @count where item = @item", new { item, count }));
}
