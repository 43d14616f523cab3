using Npgsql;
using ReadOnlyGuard.Internal.Checks;

namespace ReadOnlyGuard.Internal.Servers;

/// <summary>
/// Of which cluster a server's pool has loaded the database's types. Where another cluster answers behind the address, an enum or a
/// composite type has another number there.
/// </summary>
sealed class LoadedTypes(Fence fence, WriteChecker checker)
{
    int _of;

    /// <summary>Which of the fence's clusters that is.</summary>
    public int Of => Volatile.Read(ref _of);

    /// <summary>Has them loaded again where they are those of another cluster than this connection leads to.</summary>
    /// <returns>Why that failed.</returns>
    public async ValueTask<ServerAnswer?> RenewAsync(NpgsqlConnection connection, PhysicalConnection physical, bool async)
    {
        var clusters = fence.Clusters;
        if (physical.TypesOf == clusters)
            return null;
        try
        {
            if (async)
                await connection.ReloadTypesAsync().ConfigureAwait(false);
            else
                connection.ReloadTypes();
        }
        catch (Exception e)
        {
            return checker.Failed(e);
        }
        physical.TypesOf = clusters;
        Volatile.Write(ref _of, clusters);
        return null;
    }
}
