using BenchmarkDotNet.Attributes;
using Npgsql;

namespace ReadOnlyGuard.Benchmarks;

/// <summary>One thread rents a connection from a warm pool and gives it back. The guard has its default options.</summary>
/// <remarks>Not sealed: BenchmarkDotNet derives from it. Each method runs in a process of its own.</remarks>
public class Rent
{
    /// <summary>The environment variable that tells these processes the server.</summary>
    public const string ServerVariable = "READONLYGUARD_BENCH_SERVER";

    NpgsqlDataSource _plain = null!, _multiHost = null!;
    NpgsqlDataSource _shared = null!;
    WritableDataSource _guarded = null!;

    [GlobalSetup]
    public void Connect()
    {
        var server = Environment.GetEnvironmentVariable(ServerVariable)
            ?? throw new InvalidOperationException("There is no server: run build/bench.");
        _plain = NpgsqlDataSource.Create(server);
        _guarded = WritableDataSource.Create(server);
        _shared = _guarded.AsNpgsqlDataSource();
        // The same server under two names. Only the first one is ever asked for a connection.
        var twice = new NpgsqlConnectionStringBuilder(server) { Host = "127.0.0.1,localhost" };
        _multiHost = new NpgsqlDataSourceBuilder(twice.ConnectionString).BuildMultiHost().WithTargetSession(TargetSessionAttributes.ReadWrite);
    }

    [GlobalCleanup]
    public void Disconnect()
    {
        _plain.Dispose();
        _guarded.Dispose();
        _multiHost.Dispose();
    }

    [Benchmark(Baseline = true), BenchmarkCategory("OpenConnectionAsync")]
    public async ValueTask PlainOpenConnectionAsync()
    {
        await using var connection = await _plain.OpenConnectionAsync();
    }

    [Benchmark, BenchmarkCategory("OpenConnectionAsync")]
    public async ValueTask GuardedOpenConnectionAsync()
    {
        await using var connection = await _guarded.OpenConnectionAsync();
    }

    [Benchmark(Baseline = true), BenchmarkCategory("CreateConnection")]
    public async ValueTask PlainCreateConnectionOpenAsync()
    {
        await using var connection = _plain.CreateConnection();
        await connection.OpenAsync();
    }

    [Benchmark, BenchmarkCategory("CreateConnection")]
    public async ValueTask GuardedCreateConnectionOpenAsync()
    {
        await using var connection = _guarded.CreateConnection();
        await connection.OpenAsync();
    }

    [Benchmark, BenchmarkCategory("CreateConnection")]
    public async ValueTask MultiHostCreateConnectionOpenAsync()
    {
        await using var connection = _multiHost.CreateConnection();
        await connection.OpenAsync();
    }

    [Benchmark, BenchmarkCategory("OpenConnectionAsync")]
    public async ValueTask SharedOpenConnectionAsync()
    {
        await using var connection = await _shared.OpenConnectionAsync();
    }

    [Benchmark(Baseline = true), BenchmarkCategory("OpenConnection")]
    public void PlainOpenConnection()
    {
        using var connection = _plain.OpenConnection();
    }

    [Benchmark, BenchmarkCategory("OpenConnection")]
    public void GuardedOpenConnection()
    {
        using var connection = _guarded.OpenConnection();
    }

    [Benchmark, BenchmarkCategory("OpenConnectionAsync")]
    public async ValueTask MultiHostPrimary()
    {
        await using var connection = await _multiHost.OpenConnectionAsync();
    }

    [Benchmark, BenchmarkCategory("OpenConnectionAsync")]
    public async ValueTask ShowOnEachRent()
    {
        await using var connection = await _plain.OpenConnectionAsync();
        await using var show = new NpgsqlCommand("show transaction_read_only", connection);
        await show.ExecuteScalarAsync();
    }
}
