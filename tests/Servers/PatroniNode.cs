using System.Globalization;
using System.Net;
using System.Text.Json;
using Npgsql;

namespace ReadOnlyGuard.Servers;

/// <summary>One PostgreSQL server and the Patroni that keeps it.</summary>
public sealed class PatroniNode : PostgresEndpoint, IAsyncDisposable
{
    static readonly HttpClient Http = new();

    readonly KeptProgram _agent;
    readonly PostgresProcesses _server;
    readonly LoopbackPort _port;
    readonly Uri _api;
    bool _agentRuns = true;

    PatroniNode(string name, KeptProgram agent, LoopbackPort port)
    {
        (Name, _agent, _port) = (name, agent, port);
        _server = new(agent.Folder.Data);
        _api = new($"http://127.0.0.1:{agent.Port}/");
    }

    public string Name { get; }

    public override int Port => _port.Number;

    /// <summary>Where Patroni answers what the node's role is.</summary>
    public int ApiPort => _agent.Port;

    internal static async Task<PatroniNode> StartAsync(string name, int etcd)
    {
        var (port, api) = (LoopbackPort.Claim(), LoopbackPort.Claim());
        var folder = await KeptFolder.CreateAsync(PostgresInstallation.Current);
        // The shortest times that Patroni takes: 20 s until a leader that is silent is replaced.
        var configuration = await folder.WriteAsync("patroni.yml",
            $$"""
            scope: readonlyguard
            name: {{name}}
            restapi: {listen: 127.0.0.1:{{api.Number}}, connect_address: 127.0.0.1:{{api.Number}} }
            etcd3: {hosts: 127.0.0.1:{{etcd}} }
            bootstrap:
              dcs: {ttl: 20, loop_wait: 1, retry_timeout: 3, postgresql: {use_pg_rewind: true, use_slots: true, parameters: {wal_log_hints: 'on', max_connections: 200} } }
              initdb: [{encoding: UTF8}, {auth: trust}, no-sync]
            postgresql:
              listen: 127.0.0.1:{{port.Number}}
              connect_address: 127.0.0.1:{{port.Number}}
              data_dir: {{folder.Data}}
              bin_dir: {{folder.Installation.Bin}}
              pgpass: {{folder.In("pgpass")}}
              authentication: {superuser: {username: postgres}, replication: {username: postgres}, rewind: {username: postgres} }
              parameters: {unix_socket_directories: '{{folder.Path}}', shared_buffers: 16MB, fsync: 'off', dynamic_shared_memory_type: mmap}
              pg_hba: ['local all all trust', 'host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust']

            """);
        return new(name, await KeptProgram.StartAsync(folder, api, Programs.Find("patroni", "build/cluster"), configuration), port);
    }

    /// <summary>Whether Patroni holds it for the primary; a node without its Patroni is none.</summary>
    public Task<bool> LeadsAsync() => AnswersAsync("primary");

    /// <summary>Whether Patroni holds it for a standby that runs.</summary>
    public Task<bool> FollowsAsync() => AnswersAsync("replica");

    /// <summary>Whether the server itself says that it is a primary, whatever Patroni makes of it.</summary>
    public async Task<bool> IsPrimaryAsync()
    {
        try
        {
            return !await QueryAsync<bool>("select pg_is_in_recovery()");
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>Ends server and Patroni with <c>kill -9</c>, as the loss of the machine would.</summary>
    public async Task KillAsync()
    {
        await KillAgentAsync();
        await _server.KillAsync(_agent.Folder.Installation);
    }

    /// <summary>Ends Patroni alone with <c>kill -9</c>: the server runs on as what it was, and nobody minds it.</summary>
    public async Task KillAgentAsync()
    {
        await Processes.KillAsync(_agent.Id);
        _agentRuns = false;
    }

    /// <summary>Starts Patroni again if it was killed; what becomes of the server is its decision.</summary>
    public async Task StartAgentAsync()
    {
        if (!_agentRuns)
            await _agent.StartAsync();
        _agentRuns = true;
    }

    /// <summary>Asks this node, the leader, to hand over; returns when it has.</summary>
    internal async Task HandOverToAsync(PatroniNode candidate)
    {
        // Text, not JSON content: Patroni wants to know its length beforehand.
        using var names = new StringContent(JsonSerializer.Serialize(new { leader = Name, candidate = candidate.Name }));
        using var answer = await Http.PostAsync(new Uri(_api, "switchover"), names);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"Switchover from {Name} to {candidate.Name}: {await answer.Content.ReadAsStringAsync()}");
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name} on port {Port}");

    async Task<bool> AnswersAsync(string role)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(_api, role));
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _agent.DisposeAsync();
        _port.Dispose();
    }
}
