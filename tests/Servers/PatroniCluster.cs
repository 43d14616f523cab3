using System.Globalization;
using Npgsql;

namespace ReadOnlyGuard.Servers;

/// <summary>Three PostgreSQL servers on loopback that real Patronis keep, with one real etcd to agree in.</summary>
public sealed class PatroniCluster : IAsyncDisposable
{
    readonly List<PatroniNode> _nodes = [];
    readonly KeptProgram _etcd;

    PatroniCluster(KeptProgram etcd) => _etcd = etcd;

    public IReadOnlyList<PatroniNode> Nodes => _nodes;

    /// <summary>Starts it; returns when there are a primary and two standbys.</summary>
    /// <exception cref="InvalidOperationException">A program is missing or did not start.</exception>
    public static async Task<PatroniCluster> StartAsync()
    {
        var cluster = new PatroniCluster(await StartEtcdAsync());
        try
        {
            await cluster.AddNodesAsync("n1");
            await cluster.AddNodesAsync("n2", "n3");
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until one node is the primary and all others that have their Patroni follow.</summary>
    /// <returns>The primary.</returns>
    public async Task<PatroniNode> SettledAsync(params PatroniNode[] without)
    {
        PatroniNode? leader = null;
        await Eventually.HoldsAsync(async () =>
        {
            leader = null;
            foreach (var node in _nodes.Except(without))
                if (await node.LeadsAsync())
                    leader = node;
                else if (!await node.FollowsAsync())
                    return false;
            return leader is not null;
        }, "the cluster to settle", TimeSpan.FromSeconds(60));
        return leader!;
    }

    /// <summary>Has the leader hand over to <paramref name="candidate"/>, in order; returns when it has.</summary>
    public async Task SwitchOverAsync(PatroniNode candidate)
    {
        var leader = await SettledAsync();
        await leader.HandOverToAsync(candidate);
    }

    /// <summary>Makes etcd stand still: no Patroni can keep its leadership, or take one.</summary>
    public void LoseEtcd() => Processes.Stop(_etcd.Id);

    public void ReturnEtcd() => Processes.Continue(_etcd.Id);

    /// <summary>To all nodes.</summary>
    public string ConnectionString(Action<NpgsqlConnectionStringBuilder>? configure = null)
        => _nodes[0].ConnectionString(builder =>
        {
            builder.Host = string.Join(',', _nodes.Select(node => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{node.Port}")));
            configure?.Invoke(builder);
        });

    static async Task<KeptProgram> StartEtcdAsync()
    {
        var (client, peer) = (LoopbackPort.Claim(), LoopbackPort.Claim());
        using (peer)
        {
            var folder = await KeptFolder.CreateAsync(PostgresInstallation.Current);
            var (clients, peers) = ($"http://127.0.0.1:{client.Number}", $"http://127.0.0.1:{peer.Number}");
            return await KeptProgram.StartAsync(folder, client,
                Programs.Find("etcd", "build/cluster"), "--name", "etcd", "--data-dir", folder.In("etcd"), "--listen-client-urls", clients, "--advertise-client-urls", clients,
                "--listen-peer-urls", peers, "--initial-advertise-peer-urls", peers, "--initial-cluster", $"etcd={peers}");
        }
    }

    async Task AddNodesAsync(params string[] names)
    {
        // Together, but kept one by one: if one does not start, the others are disposed of.
        var starting = names.Select(name => PatroniNode.StartAsync(name, _etcd.Port)).ToArray();
        foreach (var start in starting)
            _nodes.Add(await start);
        await SettledAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.DisposeAsync().AsTask()));
        ReturnEtcd();
        await _etcd.DisposeAsync();
    }
}
