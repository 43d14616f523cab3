using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>The forms of a connection string that must work, against a real pair.</summary>
public sealed class ConnectionForms(ConnectionForms.Pair pair) : IClassFixture<ConnectionForms.Pair>
{
    public sealed class Pair : IAsyncLifetime
    {
        public ReplicatedPair Servers { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Servers = await ReplicatedPair.StartAsync("listen_addresses='127.0.0.1,::1'");

        public async ValueTask DisposeAsync() => await Servers.DisposeAsync();
    }

    readonly PostgresServer _primary = pair.Servers.Primary;
    readonly PostgresServer _standby = pair.Servers.Standby;

    public static TheoryData<string, string> Forms => new()
    {
        { "several hosts with own ports", "Host=127.0.0.1:{standby},127.0.0.1:{primary}" },
        { "one host", "Host=127.0.0.1;Port={primary}" },
        { "one host with its port in Host", "Host=127.0.0.1:{primary}" },
        { "a common port", "Host=127.0.0.1,localhost;Port={primary}" },
        { "IPv6 literals", "Host=[::1]:{standby},[::1]:{primary}" },
        { "a bare IPv6 literal", "Host=::1;Port={primary}" },
        { "unix sockets", "Host={primarySocket};Port={primary}" },
        { "a unix socket beside TCP", "Host={primarySocket},127.0.0.1:{standby};Port={primary}" },
        { "a host named twice", "Host=127.0.0.1:{primary},127.0.0.1:{primary},127.0.0.1:{standby}" },
        { "a dead host first", "Host=127.0.0.1:1,127.0.0.1:{primary}" },
        { "no pooling", "Host=127.0.0.1:{standby},127.0.0.1:{primary};Pooling=false" },
        { "one host, no pooling", "Host=127.0.0.1:{primary};Pooling=false" },
        { "target primary", "Host=127.0.0.1:{standby},127.0.0.1:{primary};Target Session Attributes=primary" },
        { "target read-write", "Host=127.0.0.1:{standby},127.0.0.1:{primary};Target Session Attributes=read-write" },
        { "target any", "Host=127.0.0.1:{standby},127.0.0.1:{primary};Target Session Attributes=any" },
        { "load balancing", "Host=127.0.0.1:{standby},127.0.0.1:{primary};Load Balance Hosts=true" },
        { "a pool of one", "Host=127.0.0.1:{standby},127.0.0.1:{primary};Maximum Pool Size=1" },
        { "no timeouts", "Host=127.0.0.1:{primary};Timeout=0;Command Timeout=0" },
        { "no reset on close", "Host=127.0.0.1:{primary};No Reset On Close=true" },
        { "a keepalive", "Host=127.0.0.1:{primary};Keepalive=1" },
        { "automatic preparation", "Host=127.0.0.1:{primary};Max Auto Prepare=5;Auto Prepare Min Usages=1" },
    };

    string String(string form) => form
        .Replace("{primarySocket}", _primary.SocketDirectory, StringComparison.Ordinal)
        .Replace("{primary}", $"{_primary.Port}", StringComparison.Ordinal)
        .Replace("{standby}", $"{_standby.Port}", StringComparison.Ordinal) + ";Username=postgres;Database=postgres";

    [Theory, MemberData(nameof(Forms))]
    public async Task Write_however_they_are_opened(string form, string connectionString)
    {
        _ = form;
        await using var source = WritableDataSource.Create(String(connectionString), o => o.ValidationInterval = TimeSpan.Zero);
        for (var i = 0; i < 2; i++)
        {
            await using (var async = await source.OpenConnectionAsync())
                await WriteAsync(async);
            using (var sync = source.OpenConnection())
                await WriteAsync(sync);
            await using (var unopened = source.CreateConnection())
            {
                await unopened.OpenAsync();
                await WriteAsync(unopened);
            }
            await using var command = source.CreateCommand("create temporary table t () on commit drop");
            await command.ExecuteNonQueryAsync();
            await using var batch = source.CreateBatch();
            var one = batch.CreateBatchCommand();
            one.CommandText = "create temporary table t () on commit drop";
            batch.BatchCommands.Add(one);
            await batch.ExecuteNonQueryAsync();
            await using (var reader = await batch.ExecuteReaderAsync())
                Assert.False(await reader.ReadAsync());
            Assert.Null(batch.ExecuteScalar());
            Assert.Throws<NotSupportedException>(() => batch.Transaction);
        }
    }

    [Fact]
    public async Task Leave_every_place_of_automatic_preparation_to_the_application()
    {
        await using var source = WritableDataSource.Create(
            String("Host=127.0.0.1:{primary};Maximum Pool Size=1;Max Auto Prepare=1;Auto Prepare Min Usages=2"), o => o.ValidationInterval = TimeSpan.Zero);
        var preparedAt = new HashSet<object>();
        for (var i = 0; i < 10; i++)
        {
            await using var connection = await source.OpenConnectionAsync();
            await using var command = new NpgsqlCommand(
                "select prepare_time from pg_prepared_statements where statement like 'select prepare_time%'", connection);
            if (await command.ExecuteScalarAsync() is { } at)
                preparedAt.Add(at);
        }
        Assert.Single(preparedAt);
    }

    [Theory]
    [InlineData("query")]
    [InlineData("temporary table")]
    [InlineData("custom")]
    public async Task Find_the_primary_with_every_kind_of_write_check(string kind)
    {
        var (sync, async) = (0, 0);
        var check = kind switch
        {
            "query" => WriteCheck.Query,
            "temporary table" => WriteCheck.TemporaryTable,
            _ => WriteCheck.Custom(_ => ++sync > 0, (_, _) => Task.FromResult(++async > 0)),
        };
        await using var source = WritableDataSource.Create(
            String("Host=127.0.0.1:{standby},127.0.0.1:{primary}"), o => (o.WriteCheck, o.ValidationInterval) = (check, TimeSpan.Zero));
        using var meter = new GuardMeter();
        await using (var connection = await source.OpenConnectionAsync())
            Assert.Equal(_primary.Port, connection.Port);
        using (var connection = source.OpenConnection())
            Assert.Equal(_primary.Port, connection.Port);
        Assert.Equal(0, meter.ReadOnlyErrors);
        if (kind == "custom")
            Assert.True(sync >= 2 && async >= 1);
    }

    [Fact]
    public async Task A_write_check_of_ones_own_that_refuses_counts_as_a_read_only_primary()
    {
        await using var source = WritableDataSource.Create(String("Host=127.0.0.1:{primary}"), o =>
        {
            o.WriteCheck = WriteCheck.Custom(_ => false);
            o.FailoverTimeout = TimeSpan.Zero;
        });
        using var meter = new GuardMeter();
        var error = await Assert.ThrowsAsync<NoWritableServerException>(async () => await source.OpenConnectionAsync());
        Assert.Equal(ServerRole.ReadOnlyPrimary, Assert.Single(error.Answers).Role);
        Assert.Equal(0, meter.PoolClears);
    }

    [Fact]
    public async Task A_role_that_may_only_connect_is_enough_and_a_hostile_search_path_does_not_answer()
    {
        await _primary.ExecuteAsync("""
            drop schema if exists hostile cascade; drop role if exists humble; create role humble login;
            create schema hostile; grant usage on schema hostile to humble;
            create function hostile.pg_is_in_recovery() returns bool language sql as 'select true';
            alter role humble set search_path = hostile, pg_catalog;
            """);
        await using var source = WritableDataSource.Create(String("Host=127.0.0.1:{primary}").Replace("Username=postgres", "Username=humble", StringComparison.Ordinal));
        await using var connection = await source.OpenConnectionAsync();
        await using var ask = new NpgsqlCommand("select pg_is_in_recovery()", connection);
        Assert.True((bool)(await ask.ExecuteScalarAsync())!);
    }

    [Fact]
    public async Task A_role_without_the_right_to_pg_control_system_rents_with_fencing_off()
    {
        await _primary.ExecuteAsync("revoke execute on function pg_catalog.pg_control_system() from public; drop role if exists blind; create role blind login;");
        try
        {
            using var logs = new RecordedLogs();
            await using var source = WritableDataSource.Create(
                String("Host=127.0.0.1:{standby},127.0.0.1:{primary}").Replace("Username=postgres", "Username=blind", StringComparison.Ordinal),
                o => (o.LoggerFactory, o.ValidationInterval) = (logs, TimeSpan.Zero));
            using var meter = new GuardMeter();
            for (var i = 0; i < 3; i++)
                await using (var connection = await source.OpenConnectionAsync())
                    Assert.Equal(_primary.Port, connection.Port);
            Assert.Single(logs.Entries, e => e.Event == 4 && e.Text.Contains($":{_primary.Port}", StringComparison.Ordinal));
            Assert.Equal(0, meter.ReadOnlyErrors);
        }
        finally
        {
            await _primary.ExecuteAsync("grant execute on function pg_catalog.pg_control_system() to public");
        }
    }

    [Fact]
    public async Task Type_mappings_of_the_builder_reach_the_guarded_connections()
    {
        await _primary.ExecuteAsync("drop type if exists mood; create type mood as enum ('calm', 'tense')");
        var builder = new NpgsqlDataSourceBuilder(String("Host=127.0.0.1:{standby},127.0.0.1:{primary}"));
        builder.MapEnum<Mood>();
        await using var source = builder.BuildWritable();
        await using var connection = await source.OpenConnectionAsync();
        await using var ask = new NpgsqlCommand("select 'tense'::mood", connection);
        Assert.Equal(Mood.Tense, await ask.ExecuteScalarAsync());
    }

    enum Mood
    {
        Calm,
        Tense,
    }

    [Fact]
    public async Task The_shared_source_of_a_string_is_one_and_outlives_its_dispose()
    {
        var connectionString = String("Host=127.0.0.1:{primary}");
        var source = WritableDataSource.For(connectionString);
        source.Dispose();
        await source.DisposeAsync();
        Assert.Same(source, WritableDataSource.For(connectionString));
        Assert.NotSame(source, WritableDataSource.For(connectionString + ";Application Name=other"));
        await using var connection = await source.OpenConnectionAsync();
        await WriteAsync(connection);
    }

    static async Task WriteAsync(NpgsqlConnection connection)
    {
        await using var write = new NpgsqlCommand("create temporary table t () on commit drop", connection);
        await write.ExecuteNonQueryAsync();
    }
}
