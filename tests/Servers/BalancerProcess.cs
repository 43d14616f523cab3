using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace ReadOnlyGuard.Servers;

/// <summary>
/// A <see cref="LaggingBalancer"/> in a process of its own: one in the process of the test would share its thread pool, and so hide that
/// starves, or be the cause.
/// </summary>
public sealed class BalancerProcess : IAsyncDisposable
{
    readonly Process _process;

    BalancerProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<BalancerProcess> StartAsync(PostgresEndpoint target)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "ReadOnlyGuard.Balancer.dll");
        var process = Process.Start(new ProcessStartInfo("dotnet", ["exec", program, target.Port.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var port = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"{program} did not start.");
        return new(process, int.Parse(port, CultureInfo.InvariantCulture));
    }

    /// <summary>Sends new sessions to another server from now on; also ends <see cref="RefuseAsync"/>.</summary>
    public Task SwitchToAsync(PostgresEndpoint target) => CommandAsync($"switch {target.Port}");

    /// <summary>Answers new connections as a closed port does; the sessions there are go on.</summary>
    public Task RefuseAsync() => CommandAsync("refuse");

    /// <summary>Accepts new connections and never answers.</summary>
    public Task SwallowAsync() => CommandAsync("swallow");

    /// <summary>Ends the sessions there are.</summary>
    public Task CutAsync() => CommandAsync("cut");

    public string ConnectionString(Action<NpgsqlConnectionStringBuilder>? configure = null) => LoopbackPort.ConnectionString(configure, Port);

    async Task CommandAsync(string command)
    {
        await _process.StandardInput.WriteLineAsync(command);
        if (await _process.StandardOutput.ReadLineAsync() is null)
            throw new InvalidOperationException("The balancer has ended.");
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
