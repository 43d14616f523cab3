using Microsoft.Extensions.Logging;
using Npgsql;
using Npgsql.Internal;
using Npgsql.Internal.Postgres;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>What a person who has an outage reads: in the log, in exceptions.</summary>
public sealed class WhatIsSaid : IAsyncLifetime
{
    readonly RecordedLogs _logs = new();
    PostgresServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartNewAsync();

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task A_host_that_is_misspelt_is_warned_of_once_and_is_no_reason_to_wait()
    {
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{_server.Port},db-typo.invalid;Username=postgres;Database=postgres",
            o => (o.LoggerFactory, o.PeerCheckInterval) = (_logs, TimeSpan.FromMilliseconds(50)));
        await Eventually.HoldsAsync(async () =>
        {
            await using var connection = await source.OpenConnectionAsync();
            return _logs.OfGuard.Any(entry => entry.Event == 31);
        }, "a warning", TimeSpan.FromSeconds(60));
        Assert.Contains("db-typo.invalid:5432", Assert.Single(_logs.OfGuard, entry => entry.Event == 31).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_can_be_looked_at_again_is_told_of()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres",
            o => (o.LoggerFactory, o.PeerCheckInterval) = (_logs, TimeSpan.FromMilliseconds(50)));
        await SaidAsync(31, () => pair.Standby.StopAsync());
        await SaidAsync(32, () => pair.Standby.StartAsync());
        Assert.Single(_logs.OfGuard, entry => entry.Event == 31);

        async Task SaidAsync(int @event, Func<Task> after)
        {
            await using (await source.OpenConnectionAsync())
                await after();
            await Eventually.HoldsAsync(async () =>
            {
                await using var connection = await source.OpenConnectionAsync();
                return _logs.OfGuard.Any(entry => entry.Event == @event);
            }, $"event {@event}");
        }
    }

    [Fact]
    public async Task Hosts_of_which_no_name_is_known_are_no_failover()
    {
        await using var source = WritableDataSource.Create(
            "Host=db1.invalid,db2.invalid;Username=postgres", o => o.FailoverTimeout = TimeSpan.FromSeconds(1));
        foreach (var error in new[]
        {
            await Assert.ThrowsAsync<NoWritableServerException>(async () => await source.OpenConnectionAsync()),
            await Assert.ThrowsAnyAsync<NpgsqlException>(() => source.CreateConnection().OpenAsync()),
        })
            Assert.True(error.ToString().Contains("db1.invalid, db2.invalid", StringComparison.Ordinal), error.ToString());
    }

    [Theory]
    [InlineData("listener")]
    [InlineData("command")]
    public async Task What_its_caller_stops_is_no_lost_primary(string what)
    {
        // Npgsql does not wait for the server to cancel a command: where the answer is not there already, its connection breaks.
        await using var source = WritableDataSource.Create(_server.ConnectionString(c => c.CancellationTimeout = -1), o => o.LoggerFactory = _logs);
        using var stop = new CancellationTokenSource();
        await using (var connection = await source.OpenConnectionAsync())
        {
            await using var command = new NpgsqlCommand(what == "listener" ? "listen orders" : "select pg_sleep(60)", connection);
            if (what == "listener")
                await command.ExecuteNonQueryAsync();
            var running = what == "listener" ? connection.WaitAsync(stop.Token) : command.ExecuteNonQueryAsync(stop.Token);
            if (what == "command")
                await Eventually.HoldsAsync(
                    () => _server.QueryAsync<bool>("select exists (select from pg_stat_activity where wait_event = 'PgSleep')"), "the command to run");
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        }
        await using (await source.OpenConnectionAsync())
            Assert.DoesNotContain(_logs.OfGuard, entry => entry.Level >= LogLevel.Information);
    }

    [Fact]
    public async Task Sources_of_one_process_are_told_apart()
    {
        await _server.ExecuteAsync("create database stock");
        await using var shop = WritableDataSource.Create(_server.ConnectionString(c => c.ApplicationName = "shop"), o => o.LoggerFactory = _logs);
        await using var stock = WritableDataSource.Create(_server.ConnectionString(c => c.Database = "stock"), o => o.LoggerFactory = _logs);
        await _server.AlterSystemAsync("default_transaction_read_only", "on");
        foreach (var (source, name) in new[] { (shop, "shop"), (stock, "stock") })
        {
            var rent = source.OpenConnectionAsync().AsTask();
            await Eventually.HoldsAsync(() => _logs.OfGuard.Any(entry => entry.Text.StartsWith($"[{name}] No writable server", StringComparison.Ordinal)), name);
            Assert.Contains(_logs.OfGuard, entry => entry.Scopes is [IEnumerable<KeyValuePair<string, object?>> scope]
                && scope.Contains(new("readonlyguard.source", name)));
            if (source == stock)
                await _server.AlterSystemAsync("default_transaction_read_only", null);
            else
                _ = rent.ContinueWith(late => late.Result.Dispose(), TaskContinuationOptions.OnlyOnRanToCompletion);
            if (source == stock)
                (await rent).Dispose();
        }
    }

    [Theory]
    [InlineData("OpenConnection")]
    [InlineData("CreateConnection")]
    public async Task An_outage_is_told_with_who_waited_and_who_gave_up(string door)
    {
        using var meter = new GuardMeter();
        await using var source = WritableDataSource.Create(
            _server.ConnectionString(), o => (o.LoggerFactory, o.FailoverTimeout) = (_logs, TimeSpan.FromSeconds(2)));
        await _server.StopAsync();
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Assert.ThrowsAnyAsync<NpgsqlException>(OpenAsync)));
        // Of opens that wait in a room their visits are counted, and not every visit is seen to end.
        Assert.InRange(meter.RentsFailed, door == "OpenConnection" ? 3 : 1, door == "OpenConnection" ? 3 : 6);
        var waits = OpenAsync();
        await Eventually.HoldsAsync(() => meter.RentsWaiting == 1, "an open to wait");
        await _server.StartAsync();
        await Record.ExceptionAsync(() => waits);
        await OpenAsync();

        await Eventually.HoldsAsync(() => _logs.OfGuard.Any(entry => entry.Event == 2), "the end");
        Assert.Contains($"127.0.0.1:{_server.Port} did not answer", _logs.OfGuard.First(entry => entry.Event == 1).Text, StringComparison.Ordinal);
        Assert.Matches(door == "OpenConnection" ? "At most 3 rents waited at once, 3 gave up" : "At most [1-9] rents waited at once, [1-9] gave up", _logs.OfGuard.First(entry => entry.Event == 2).Text);

        async Task OpenAsync()
        {
            await using var connection = door == "OpenConnection" ? await source.OpenConnectionAsync() : source.CreateConnection();
            if (door == "CreateConnection")
                await connection.OpenAsync();
        }
    }

    [Theory]
    [InlineData(typeof(string))]
    [InlineData(typeof(bool))]
    public async Task A_mapping_of_the_applications_own_is_not_used_or_named(Type mapped)
    {
        var builder = new NpgsqlDataSourceBuilder(_server.ConnectionString());
#pragma warning disable NPG9001 // Evaluation purposes only: what an application's plugin derives from.
        builder.AddTypeInfoResolverFactory(new Claiming(mapped));
#pragma warning restore NPG9001
        await using var source = builder.BuildWritable(o => o.FailoverTimeout = TimeSpan.FromSeconds(1));
        if (mapped == typeof(string))
        {
            await using var connection = await source.OpenConnectionAsync();
            await source.ExecuteInTransactionAsync((_, _) => Task.CompletedTask, new() { CommitOutcome = CommitOutcome.Resolve });
            return;
        }
        var error = await Assert.ThrowsAnyAsync<NpgsqlException>(async () => await source.OpenConnectionAsync());
        Assert.Contains(Claiming.Refusal, error.Message, StringComparison.Ordinal);
        Assert.Contains(Claiming.Refusal, $"{error.InnerException}", StringComparison.Ordinal);
    }

#pragma warning disable NPG9001
    sealed class Claiming(Type mapped) : PgTypeInfoResolverFactory, IPgTypeInfoResolver
    {
        public const string Refusal = "the application reads this in its own way";

        public override IPgTypeInfoResolver CreateResolver() => this;

        public override IPgTypeInfoResolver? CreateArrayResolver() => null;

        public PgTypeInfo? GetTypeInfo(Type? type, DataTypeName? dataTypeName, PgSerializerOptions options)
            => type == mapped ? throw new InvalidCastException(Refusal) : null;
    }
#pragma warning restore NPG9001
}
