using Npgsql;

namespace Shop.Collections;

public sealed class Shards
{
    readonly List<NpgsqlConnection> _connections = [new("Host=shard0"), new("Host=shard1")];

    readonly Dictionary<string, NpgsqlConnection> _byName = new()
    {
        ["eu"] = new NpgsqlConnection("Host=eu"),
        ["us"] = new("Host=us"),
    };

    readonly SortedList<int, NpgsqlConnection> _byNumber = new()
    {
        { 1, new("Host=one") },
        { 2, new NpgsqlConnection("Host=two") { } },
    };

    public (NpgsqlConnection Source, NpgsqlConnection Target) Pair(string source, string target) =>
        (new NpgsqlConnection(source), new NpgsqlConnection(target));

    public NpgsqlConnection[] All(params string[] connectionStrings) =>
        connectionStrings.Select(connectionString => new NpgsqlConnection(connectionString)).Concat(_connections).Concat(_byName.Values).Concat(_byNumber.Values).ToArray();
}
