using System.Globalization;
using CliWrap;
using CliWrap.Buffered;

namespace ReadOnlyGuard.Servers;

/// <summary>How <see cref="PostgresServer.StopAsync"/> ends a server.</summary>
public enum StopMode
{
    /// <summary>Sessions are ended, everything is written, a streaming standby gets all of it.</summary>
    Fast,

    /// <summary>At once, as after a crash.</summary>
    Immediate,
}

/// <summary>
/// One real PostgreSQL server on loopback with a data directory of its own. It keeps its port over stops and starts. Disposing it thaws
/// and stops it and leaves nothing behind; so does the end of this process.
/// </summary>
public sealed class PostgresServer : PostgresEndpoint, IAsyncDisposable
{
    readonly PostgresInstallation _installation;
    readonly KeptFolder _folder;
    readonly PostgresProcesses _processes;
    readonly string[] _settings;
    LoopbackPort _port = LoopbackPort.Claim();

    PostgresServer(PostgresInstallation installation, KeptFolder folder, string[] settings)
    {
        _installation = installation;
        _folder = folder;
        _processes = new(folder.Data);
        _settings = settings;
    }

    public override int Port => _port.Number;

    /// <summary>The host to name in a connection string to connect through the server's unix socket.</summary>
    public string SocketDirectory => _folder.Path;

    public string DataDirectory => _folder.Data;

    public string LogFile => _folder.Log;

    /// <summary>The ids of the postmaster, first, and of all its children; empty when the server does not run.</summary>
    public IReadOnlyList<int> ProcessIds => _processes.All();

    public bool IsRunning => _processes.Postmaster() is not null;

    /// <summary>Makes a new cluster, with an identity of its own, and starts it as a primary.</summary>
    /// <param name="settings">As <c>name=value</c>; they win over <see cref="AlterSystemAsync"/>.</param>
    public static async Task<PostgresServer> StartNewAsync(params string[] settings)
    {
        var server = await CreateAsync(settings);
        try
        {
            await server._installation.RunAsync(
                "initdb", "-D", server.DataDirectory, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync");
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Copies a running server and starts the copy as its standby; returns once it streams.</summary>
    public static async Task<PostgresServer> StartStandbyOfAsync(PostgresServer primary)
    {
        var standby = await CreateAsync(primary._settings);
        try
        {
            await standby.FollowAsync(primary, fresh: true);
            return standby;
        }
        catch
        {
            await standby.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts this stopped server as a standby of <paramref name="primary"/>, on its own port; returns once it streams.</summary>
    /// <param name="primary">A running server with the same system identifier.</param>
    /// <param name="fresh">
    /// Whether it begins as a new copy of the primary. It must if it ever wrote what the primary does not have; that is gone then, as
    /// after <c>pg_rewind</c>.
    /// </param>
    public async Task FollowAsync(PostgresServer primary, bool fresh)
    {
        if (fresh)
            await StandbyCopy.TakeAsync(_installation, primary, DataDirectory);
        await _installation.WriteFileAsync(Path.Combine(DataDirectory, "standby.signal"), "");
        await _installation.WriteFileAsync(
            Path.Combine(DataDirectory, "postgresql.auto.conf"),
            $"primary_conninfo = 'host={primary.Host} port={primary.Port} user=postgres application_name={StandbyName}'\n", append: true);
        await StartAsync();
        await Eventually.HoldsAsync(
            () => primary.QueryAsync<bool>($"select exists (select from pg_stat_replication where application_name = '{StandbyName}' and state = 'streaming')"),
            $"the standby on port {Port} to stream from port {primary.Port}");
    }

    /// <summary>Starts the server and returns when it takes connections.</summary>
    /// <exception cref="InvalidOperationException">It did not start; the message holds the end of its log.</exception>
    public async Task StartAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var logged = File.Exists(LogFile) ? File.ReadLines(LogFile).Count() : 0;
            var start = await _installation
                .Command("pg_ctl", "start", "-D", DataDirectory, "-l", LogFile, "-o", string.Join(' ', ServerArguments()), "-w")
                .WithValidation(CommandResultValidation.None).ExecuteBufferedAsync();
            if (start.IsSuccess)
                return;

            var log = File.Exists(LogFile) ? File.ReadLines(LogFile).Skip(logged).TakeLast(20).ToArray() : [];
            var portTaken = log.Any(line => line.Contains("Address already in use", StringComparison.Ordinal));
            if (!portTaken || attempt == 5 || HasEverStarted)
                throw new InvalidOperationException($"PostgreSQL did not start on port {Port}: {start.StandardError.Trim()}\n{string.Join('\n', log)}");

            // Somebody who knows nothing of our claims was faster.
            _port.Dispose();
            _port = LoopbackPort.Claim();
        }
    }

    public Task StopAsync(StopMode mode = StopMode.Fast) =>
        _installation.RunAsync("pg_ctl", "stop", "-D", DataDirectory, "-m", mode == StopMode.Fast ? "fast" : "immediate", "-w");

    /// <summary>Makes this standby a primary; returns when it is one.</summary>
    public Task PromoteAsync() => _installation.RunAsync("pg_ctl", "promote", "-D", DataDirectory, "-w");

    /// <summary>Ends all its processes with <c>kill -9</c>; returns when they are gone.</summary>
    public async Task KillAsync()
    {
        await _processes.KillAsync(_installation);
        await _installation.RunAsync("rm", "-f", Path.Combine(SocketDirectory, $".s.PGSQL.{Port}.lock"));
    }

    /// <summary>Makes all its processes stand still: the port accepts connections, and nothing answers.</summary>
    public void Freeze() => _processes.Freeze();

    public void Thaw() => _processes.Thaw();

    /// <summary>Changes a setting and returns when new sessions follow it; null takes it back.</summary>
    /// <returns>When the server took it over, in UTC.</returns>
    public async Task<DateTime> AlterSystemAsync(string setting, string? value)
    {
        const string LoadTime = "select pg_conf_load_time()";
        var before = await QueryAsync<DateTime>(LoadTime);
        await ExecuteAsync(value is null ? $"alter system reset {setting}" : $"alter system set {setting} = '{value}'");
        await ExecuteAsync("select pg_reload_conf()");
        var loaded = before;
        await Eventually.HoldsAsync(async () => (loaded = await QueryAsync<DateTime>(LoadTime)) > before, "the new setting to be loaded");
        return loaded;
    }

    public async ValueTask DisposeAsync()
    {
        await _folder.DisposeAsync();
        _port.Dispose();
    }

    string StandbyName => string.Create(CultureInfo.InvariantCulture, $"standby_{Port}");

    bool HasEverStarted => File.Exists(Path.Combine(DataDirectory, "postmaster.opts"));

    // On the command line and not in postgresql.conf: a copy brings the other server's file along.
    IEnumerable<string> ServerArguments()
    {
        string[] settings =
        [
            $"port={Port}",
            "listen_addresses=127.0.0.1,::1",
            $"unix_socket_directories={SocketDirectory}",
            "max_connections=300",
            "max_wal_senders=10",
            "wal_keep_size=64MB",
            "shared_buffers=16MB",
            "fsync=off",
            // Files in the data directory, so that kill -9 leaves nothing in /dev/shm.
            "dynamic_shared_memory_type=mmap",
            // How soon a standby looks again for a primary that was away; 5 s by default.
            "wal_retrieve_retry_interval=100ms",
            .. _settings,
        ];
        return settings.Select(setting => $"-c '{setting}'");
    }

    static async Task<PostgresServer> CreateAsync(string[] settings)
    {
        var installation = PostgresInstallation.Current;
        return new(installation, await KeptFolder.CreateAsync(installation), settings);
    }
}
