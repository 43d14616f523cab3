using Npgsql;

namespace ReadOnlyGuard.Servers;

/// <summary>A real PgBouncer on loopback, in front of one port.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    readonly PostgresInstallation _installation;
    readonly KeptProgram _program;
    readonly LoopbackPort _port;
    readonly string _poolMode;

    PgBouncer(PostgresInstallation installation, KeptProgram program, LoopbackPort port, string poolMode)
        => (_installation, _program, _port, _poolMode) = (installation, program, port, poolMode);

    public int Port => _port.Number;

    /// <param name="target">The port on loopback that it leads to.</param>
    /// <param name="poolMode"><c>transaction</c> or <c>session</c>.</param>
    public static async Task<PgBouncer> StartAsync(int target, string poolMode = "transaction")
    {
        var installation = PostgresInstallation.Current;
        var port = LoopbackPort.Claim();
        var folder = await KeptProgram.CreateFolderAsync(installation);
        await installation.WriteFileAsync(Path.Combine(folder, "users"), "\"postgres\" \"\"\n");
        await ConfigureAsync(installation, folder, port.Number, target, poolMode);
        var program = await KeptProgram.StartAsync(installation, folder, port.Number, Sbin.Find("pgbouncer"), Ini(folder));
        return new(installation, program, port, poolMode);
    }

    /// <summary>Leads elsewhere from now on: idle connections to the old target are closed, those in use when their pool mode lets go of them.</summary>
    public async Task PointAtAsync(int target)
    {
        await ConfigureAsync(_installation, _program.Folder, Port, target, _poolMode);
        await CommandAsync("RELOAD");
    }

    /// <summary>Has every connection to the server opened anew as soon as it is let go of.</summary>
    public Task ReconnectAsync() => CommandAsync("RECONNECT");

    /// <summary>Lets the transactions that run end and holds back all others; returns when none runs.</summary>
    public Task PauseAsync() => CommandAsync("PAUSE");

    public Task ResumeAsync() => CommandAsync("RESUME");

    public string ConnectionString(Action<NpgsqlConnectionStringBuilder>? configure = null) => _port.ConnectionString(configure);

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        _port.Dispose();
    }

    // Its console speaks the simple query protocol alone, which Npgsql does not.
    Task CommandAsync(string command)
        => _installation.RunAsync("psql", "-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", "-d", "pgbouncer", "-XAtqc", command);

    static string Ini(string folder) => Path.Combine(folder, "pgbouncer.ini");

    static Task ConfigureAsync(PostgresInstallation installation, string folder, int port, int target, string poolMode)
        => installation.WriteFileAsync(Ini(folder),
            $"""
            [databases]
            * = host=127.0.0.1 port={target}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            pool_mode = {poolMode}
            auth_type = trust
            auth_file = {folder}/users
            admin_users = postgres
            unix_socket_dir =
            server_login_retry = 1
            ignore_startup_parameters = extra_float_digits,options

            """);
}
