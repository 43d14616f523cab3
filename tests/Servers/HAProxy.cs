using System.Globalization;
using Npgsql;

namespace ReadOnlyGuard.Servers;

/// <summary>A real HAProxy on loopback, in front of several ports.</summary>
public sealed class HAProxy : IAsyncDisposable
{
    readonly KeptProgram _program;
    readonly LoopbackPort _port;

    HAProxy(KeptProgram program, LoopbackPort port) => (_program, _port) = (program, port);

    public int Port => _port.Number;

    /// <param name="targets">Ports on loopback.</param>
    /// <param name="roleCheck">Whether only a primary counts as up; else whatever answers PostgreSQL's protocol does.</param>
    /// <param name="shutdownSessions">Whether sessions end when their server counts as down; else they stay.</param>
    public static async Task<HAProxy> StartAsync(IEnumerable<int> targets, bool roleCheck = true, bool shutdownSessions = true)
    {
        var installation = PostgresInstallation.Current;
        var port = LoopbackPort.Claim();
        var folder = await KeptProgram.CreateFolderAsync(installation);
        var (check, configuration) = (Path.Combine(folder, "is-primary"), Path.Combine(folder, "haproxy.cfg"));
        await installation.WriteFileAsync(check,
            """
            #!/bin/sh
            [ "$(PGCONNECT_TIMEOUT=2 psql -h "$3" -p "$4" -U postgres -d postgres -XAtc 'select pg_is_in_recovery()')" = f ]

            """);
        await installation.RunAsync("chmod", "+x", check);
        var servers = targets.Select((target, i) => string.Create(CultureInfo.InvariantCulture, $"  server s{i} 127.0.0.1:{target} check"));
        await installation.WriteFileAsync(configuration,
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
              {(roleCheck ? $"option external-check\n  external-check path \"/usr/bin:/bin\"\n  external-check command {check}" : "option pgsql-check user postgres")}
              default-server inter 300ms fall 1 rise 1{(shutdownSessions ? " on-marked-down shutdown-sessions" : "")}
            {string.Join('\n', servers)}

            """);
        return new(await KeptProgram.StartAsync(installation, folder, port.Number, Sbin.Find("haproxy"), "-db", "-f", configuration), port);
    }

    public string ConnectionString(Action<NpgsqlConnectionStringBuilder>? configure = null) => _port.ConnectionString(configure);

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _port.Dispose();
    }
}
