using System.Net;

namespace ReadOnlyGuard.Servers;

/// <summary>
/// A host name that is one server's, and later another's, as a cloud's endpoint is. Known to processes that are started with
/// <see cref="Environment"/> and to no other: their C library is told to take host names from a file.
/// </summary>
public sealed class MovingName : IAsyncDisposable
{
    const string Name = "primary.database.example";

    static readonly string[] Libraries = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];

    readonly KeptFolder _folder;
    readonly LoopbackPort _port;
    readonly Dictionary<PostgresServer, (IPAddress Address, LaggingBalancer Balancer)> _servers = [];
    DateTime _changed = DateTime.UtcNow;

    MovingName(KeptFolder folder, LoopbackPort port, IEnumerable<PostgresServer> servers)
    {
        (_folder, _port) = (folder, port);
        foreach (var server in servers)
        {
            // A name has addresses and no ports: each server gets an address of its own.
            var address = new IPAddress([127, 0, 0, (byte)(2 + _servers.Count)]);
            _servers.Add(server, (address, new(server, address, port)));
        }
    }

    public string ConnectionString => LoopbackPort.ConnectionString(builder => builder.Host = Name, _port.Number);

    /// <summary>Environment variables.</summary>
    public IReadOnlyDictionary<string, string?> Environment => new Dictionary<string, string?>
    {
        ["LD_PRELOAD"] = Libraries.Select(folder => Path.Combine(folder, "libnss_wrapper.so")).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("libnss_wrapper.so was not found: run build/poolers."),
        ["NSS_WRAPPER_HOSTS"] = Hosts,
    };

    string Hosts => _folder.In("hosts");

    /// <summary>Begins as the name of the first.</summary>
    public static async Task<MovingName> StartAsync(params PostgresServer[] servers)
    {
        var name = new MovingName(await KeptFolder.CreateAsync(PostgresInstallation.Current), LoopbackPort.Claim(), servers);
        await name.PointAtAsync(servers[0]);
        return name;
    }

    /// <summary>Is the name of this one from now on; connections stay where they are.</summary>
    public async Task PointAtAsync(PostgresServer server)
    {
        var next = await _folder.WriteAsync("hosts.next", $"{_servers[server].Address} {Name}\n");
        // Read again when it is newer by a second.
        _changed += TimeSpan.FromSeconds(2);
        await _folder.Installation.RunAsync("touch", "-d", $"{_changed:yyyy-MM-ddTHH:mm:ssZ}", next);
        await _folder.Installation.RunAsync("chmod", "-R", "a+rX", _folder.Path);
        await _folder.Installation.RunAsync("mv", next, Hosts);
    }

    /// <summary>How many connections to it came while it was the name of this one.</summary>
    public int Accepted(PostgresServer server) => _servers[server].Balancer.Accepted;

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, balancer) in _servers.Values)
            await balancer.DisposeAsync();
        await _folder.DisposeAsync();
        _port.Dispose();
    }
}
