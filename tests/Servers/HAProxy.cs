using System.Globalization;
using Npgsql;

namespace ReadOnlyGuard.Servers;

/// <summary>A real HAProxy on loopback, in front of several ports.</summary>
public sealed class HAProxy : IAsyncDisposable
{
    readonly KeptProgram _program;

    HAProxy(KeptProgram program) => _program = program;

    public int Port => _program.Port;

    /// <param name="targets">Ports on loopback.</param>
    /// <param name="roleCheck">Whether only a primary counts as up; else whatever answers PostgreSQL's protocol does.</param>
    /// <param name="shutdownSessions">Whether sessions end when their server counts as down; else they stay.</param>
    public static Task<HAProxy> StartAsync(IEnumerable<int> targets, bool roleCheck = true, bool shutdownSessions = true)
        => StartAsync(async folder => roleCheck ? await RoleCheckAsync(folder) : "option pgsql-check user postgres", targets.Select(target => (target, "check")), shutdownSessions);

    /// <summary>As Patroni's documentation has it: up is who Patroni says is the primary.</summary>
    public static Task<HAProxy> StartAsync(PatroniCluster cluster)
        => StartAsync(_ => Task.FromResult("option httpchk OPTIONS /primary\n  http-check expect status 200"),
            cluster.Nodes.Select(node => (node.Port, string.Create(CultureInfo.InvariantCulture, $"check port {node.ApiPort}"))), shutdownSessions: true);

    static async Task<HAProxy> StartAsync(Func<KeptFolder, Task<string>> check, IEnumerable<(int Port, string Check)> targets, bool shutdownSessions)
    {
        var port = LoopbackPort.Claim();
        var folder = await KeptFolder.CreateAsync(PostgresInstallation.Current);
        var servers = targets.Select((target, i) => string.Create(CultureInfo.InvariantCulture, $"  server s{i} 127.0.0.1:{target.Port} {target.Check}"));
        var configuration = await folder.WriteAsync("haproxy.cfg",
            $"""
            global
              external-check
              insecure-fork-wanted
            defaults
              mode tcp
              timeout connect 1s
              timeout client 1h
              timeout server 1h
              timeout check 1s
            listen write
              bind 127.0.0.1:{port.Number}
              balance roundrobin
              {await check(folder)}
              default-server inter 300ms fall 1 rise 1{(shutdownSessions ? " on-marked-down shutdown-sessions" : "")}
            {string.Join('\n', servers)}

            """);
        return new(await KeptProgram.StartAsync(folder, port, Programs.Find("haproxy", "build/poolers"), "-db", "-f", configuration));
    }

    static async Task<string> RoleCheckAsync(KeptFolder folder)
    {
        var script = await folder.WriteAsync("is-primary",
            """
            #!/bin/sh
            [ "$(PGCONNECT_TIMEOUT=2 psql -h "$3" -p "$4" -U postgres -d postgres -XAtc 'select pg_is_in_recovery()')" = f ]

            """);
        await folder.Installation.RunAsync("chmod", "+x", script);
        return $"option external-check\n  external-check path \"/usr/bin:/bin\"\n  external-check command {script}";
    }

    public string ConnectionString(Action<NpgsqlConnectionStringBuilder>? configure = null) => LoopbackPort.ConnectionString(configure, Port);

    public ValueTask DisposeAsync() => _program.DisposeAsync();
}
