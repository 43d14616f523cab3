using Npgsql;
using ReadOnlyGuard;

namespace Shop.Collections;

public sealed class Shards
{
    readonly List<NpgsqlConnection> _connections = [WritableDataSource.For("Host=shard0").CreateConnection(), WritableDataSource.For("Host=shard1").CreateConnection()];

    readonly Dictionary<string, NpgsqlConnection> _byName = new()
    {
        ["eu"] = WritableDataSource.For("Host=eu").CreateConnection(),
        ["us"] = WritableDataSource.For("Host=us").CreateConnection(),
    };

    readonly SortedList<int, NpgsqlConnection> _byNumber = new()
    {
        { 1, WritableDataSource.For("Host=one").CreateConnection() },
        { 2, new NpgsqlConnection("Host=two") { } },
    };

    public (NpgsqlConnection Source, NpgsqlConnection Target) Pair(string source, string target) =>
        (WritableDataSource.For(source).CreateConnection(), WritableDataSource.For(target).CreateConnection());

    public NpgsqlConnection[] All(params string[] connectionStrings) =>
        connectionStrings.Select(connectionString => WritableDataSource.For(connectionString).CreateConnection()).Concat(_connections).Concat(_byName.Values).Concat(_byNumber.Values).ToArray();
}
