using Npgsql;

namespace ReadOnlyGuard.Servers;

/// <summary>A real PgBouncer on loopback, in front of one port.</summary>
public sealed class PgBouncer : IAsyncDisposable
{
    readonly KeptProgram _program;
    readonly string _poolMode;

    PgBouncer(KeptProgram program, string poolMode) => (_program, _poolMode) = (program, poolMode);

    public int Port => _program.Port;

    /// <param name="target">The port on loopback that it leads to.</param>
    /// <param name="poolMode"><c>transaction</c> or <c>session</c>.</param>
    public static async Task<PgBouncer> StartAsync(int target, string poolMode = "transaction")
    {
        var port = LoopbackPort.Claim();
        var folder = await KeptFolder.CreateAsync(PostgresInstallation.Current);
        await folder.WriteAsync("users", "\"postgres\" \"\"\n");
        var configuration = await ConfigureAsync(folder, port.Number, target, poolMode);
        return new(await KeptProgram.StartAsync(folder, port, Programs.Find("pgbouncer", "build/poolers"), configuration), poolMode);
    }

    /// <summary>Leads elsewhere from now on: idle connections to the old target are closed, those in use when their pool mode lets go of them.</summary>
    public async Task PointAtAsync(int target)
    {
        await ConfigureAsync(_program.Folder, Port, target, _poolMode);
        await CommandAsync("RELOAD");
    }

    /// <summary>Has every connection to the server opened anew as soon as it is let go of.</summary>
    public Task ReconnectAsync() => CommandAsync("RECONNECT");

    /// <summary>Lets the transactions that run end and holds back all others; returns when none runs.</summary>
    public Task PauseAsync() => CommandAsync("PAUSE");

    public Task ResumeAsync() => CommandAsync("RESUME");

    public string ConnectionString(Action<NpgsqlConnectionStringBuilder>? configure = null) => LoopbackPort.ConnectionString(configure, Port);

    public ValueTask DisposeAsync() => _program.DisposeAsync();

    // Its console speaks the simple query protocol alone, which Npgsql does not.
    Task CommandAsync(string command)
        => _program.Folder.Installation.RunAsync("psql", "-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", "-d", "pgbouncer", "-XAtqc", command);

    static Task<string> ConfigureAsync(KeptFolder folder, int port, int target, string poolMode)
        => folder.WriteAsync("pgbouncer.ini",
            $"""
            [databases]
            * = host=127.0.0.1 port={target}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            pool_mode = {poolMode}
            auth_type = trust
            auth_file = {folder.In("users")}
            admin_users = postgres
            unix_socket_dir =
            server_login_retry = 1
            ignore_startup_parameters = extra_float_digits,options

            """);
}
