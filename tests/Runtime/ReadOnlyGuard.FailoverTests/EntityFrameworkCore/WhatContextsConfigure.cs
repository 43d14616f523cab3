using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NodaTime;
using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>What is configured in the options of a context holds for its guarded data source.</summary>
public sealed class WhatContextsConfigure : IAsyncLifetime
{
    PostgresServer _server = null!;

    string ConnectionString => _server.ConnectionString();

    public async ValueTask InitializeAsync() => _server = await PostgresServer.StartNewAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task EnsureCreated_makes_a_database_that_is_not_there()
    {
        await using var source = WritableDataSource.Create(_server.ConnectionString(c => c.Database = "made"));
        await using var shop = new Shop(Shop.Over(source));
        Assert.False(await shop.Database.CanConnectAsync());
        Assert.True(await shop.Database.EnsureCreatedAsync());
        Assert.False(await shop.Database.EnsureCreatedAsync());
        shop.Orders.Add(new Order());
        await shop.SaveChangesAsync();
        Assert.True(await shop.Database.EnsureDeletedAsync());
    }

    [Theory]
    [InlineData("UseWritableNpgsql(source)")]
    [InlineData("UseWritableNpgsql(string)")]
    [InlineData("UseNpgsql(source)")]
    [InlineData("UseNpgsql(source.AsNpgsqlDataSource())")]
    public async Task EnsureDeleted_and_EnsureCreated_before_each_test(string way)
    {
        var text = _server.ConnectionString(c => c.Database = "tested");
        await using var source = WritableDataSource.Create(text);
        var builder = new DbContextOptionsBuilder<Shop>();
        _ = way switch
        {
            "UseWritableNpgsql(source)" => builder.UseWritableNpgsql(source),
            "UseWritableNpgsql(string)" => builder.UseWritableNpgsql(text),
            "UseNpgsql(source)" => builder.UseNpgsql(source),
            _ => builder.UseNpgsql(source.AsNpgsqlDataSource()),
        };
        for (var test = 0; test < 4; test++)
        {
            await using var shop = new Shop(builder.Options);
            Assert.Equal(test > 0, await shop.Database.EnsureDeletedAsync());
            // The provider clears the pool of an NpgsqlDataSource, and knows no other.
            if (way == "UseNpgsql(source)")
                WritableDataSource.ClearAll();
            Assert.True(await shop.Database.EnsureCreatedAsync());
            shop.Orders.Add(new Order());
            await shop.SaveChangesAsync();
            Assert.Equal(1, await shop.Orders.CountAsync());
        }
    }

    [Fact]
    public async Task The_strategy_can_be_looked_at_without_a_context()
    {
        await using var source = WritableDataSource.Create(ConnectionString);
        var options = Shop.Over(source);
        // As Aspire's EnrichNpgsqlDbContext does, to see whether it retries.
#pragma warning disable EF1001 // An internal API, as Aspire calls it.
        var strategy = RelationalOptionsExtension.Extract(options).ExecutionStrategyFactory!(new(null!, options, null!));
#pragma warning restore EF1001
        Assert.True(strategy.RetriesOnFailure);
    }

    [Fact]
    public async Task Interceptors_of_the_applications_get_open_connections_through_a_promotion()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await Shop.CreateTableAsync(pair.Primary);
        await pair.CatchUpAsync();
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{pair.Primary.Port},127.0.0.1:{pair.Standby.Port};Username=postgres;Database=postgres");
        var usesSession = new UsesSession();
        var options = new DbContextOptionsBuilder<Shop>().UseWritableNpgsql(source).AddInterceptors(usesSession).Options;
        await using (var writers = ContextWriters.Start(() => new Shop(options)))
        {
            await writers.SavedAsync(50);
            await pair.FailOverAsync();
            await writers.SavedAsync(50);
        }
        Assert.NotEqual(0, usesSession.Opened);
        Assert.Empty(usesSession.NotOpen);
    }

    sealed class UsesSession : DbConnectionInterceptor
    {
        int _opened;

        public int Opened => _opened;

        public System.Collections.Concurrent.ConcurrentBag<string> NotOpen { get; } = [];

        public override async Task ConnectionOpenedAsync(
            System.Data.Common.DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            Interlocked.Increment(ref _opened);
            try
            {
                if (connection.State != System.Data.ConnectionState.Open)
                    NotOpen.Add(connection.State.ToString());
                await using var command = connection.CreateCommand();
                command.CommandText = "set app.tenant = '7'";
                await command.ExecuteNonQueryAsync(cancellationToken);
            }
            catch (ObjectDisposedException e)
            {
                NotOpen.Add(e.Message);
            }
        }
    }

    [Fact]
    public async Task EnsureCreated_finds_the_primary_among_several_hosts()
    {
        await using var pair = await ReplicatedPair.StartAsync();
        await using var source = WritableDataSource.Create(
            $"Host=127.0.0.1:{pair.Standby.Port},127.0.0.1:{pair.Primary.Port};Username=postgres;Database=made");
        await using var shop = new Shop(Shop.Over(source));
        Assert.True(await shop.Database.EnsureCreatedAsync());
        shop.Orders.Add(new Order());
        await shop.SaveChangesAsync();
    }

    [Theory]
    [InlineData("context")]
    [InlineData("application")]
    public async Task The_guard_logs_where_the_context_does(string whose)
    {
        using var logs = new RecordedLogs();
        await using var application = new ServiceCollection()
            .AddSingleton<ILoggerFactory>(logs)
            .AddDbContext<Shop>(options => options.UseWritableNpgsql(ConnectionString))
            .BuildServiceProvider();
        await using var scope = application.CreateAsyncScope();
        await using var shop = whose == "application" ? scope.ServiceProvider.GetRequiredService<Shop>()
            : new Shop(new DbContextOptionsBuilder<Shop>().UseWritableNpgsql(ConnectionString).UseLoggerFactory(logs).Options);
        await _server.AlterSystemAsync("default_transaction_read_only", "on");
        var open = shop.Database.OpenConnectionAsync();
        await Eventually.HoldsAsync(() => logs.OfGuard.Any(entry => entry.Event == 1), "the loss of the primary");
        await _server.AlterSystemAsync("default_transaction_read_only", null);
        await open;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Migrations_are_applied(bool async)
    {
        await using var source = WritableDataSource.Create(_server.ConnectionString(c => c.Database = "migrated"));
        await using var context = new Migrated(new DbContextOptionsBuilder<Migrated>().UseWritableNpgsql(source).Options);
        if (async)
            await context.Database.MigrateAsync();
        else
            context.Database.Migrate();
        Assert.Single(await context.Database.GetAppliedMigrationsAsync());
        Assert.Equal(0, await context.Database.ExecuteSqlRawAsync("update migrated set id = 1"));
    }

    [Fact]
    public async Task Enums_and_plugins_are_mapped_on_a_source_that_all_contexts_share()
    {
        await _server.ExecuteAsync("create type mood as enum ('happy', 'sad')");
        await _server.ExecuteAsync("""create table "Moments" ("Id" int primary key, "Mood" mood not null, "At" timestamptz not null)""");
        var at = Instant.FromUtc(2001, 2, 3, 4, 5);
        for (var id = 0; id < 5; id++)
        {
            await using var diary = new Diary(ConnectionString);
            diary.Moments.Add(new Moment { Id = id, Mood = Mood.Sad, At = at });
            await diary.SaveChangesAsync();
        }
        await using var read = new Diary(ConnectionString);
        Assert.Equal(5, await read.Moments.CountAsync(moment => moment.Mood == Mood.Sad && moment.At == at));
        // One of the pool that all contexts share, and the heartbeat.
        Assert.InRange(await _server.QueryAsync<long>("select count(*) from pg_stat_activity where application_name = 'diary'"), 1, 2);
    }

    [Fact]
    public async Task Contexts_with_nothing_to_configure_share_the_source_of_their_string()
    {
        await Shop.CreateTableAsync(_server);
        var text = _server.ConnectionString(c => c.ApplicationName = "shared");
        await using var rented = await WritableDataSource.For(text).OpenConnectionAsync();
        await rented.CloseAsync();
        for (var i = 0; i < 3; i++)
        {
            await using var shop = new Shop(new DbContextOptionsBuilder<Shop>().UseWritableNpgsql(text).Options);
            shop.Orders.Add(new Order());
            await shop.SaveChangesAsync();
        }
        // One of the rents' pool, one of the pool that all contexts share, and the heartbeat.
        Assert.InRange(await _server.QueryAsync<long>("select count(*) from pg_stat_activity where application_name = 'shared'"), 1, 3);
    }

    [Theory]
    [InlineData("AddDbContext")]
    [InlineData("AddDbContextPool")]
    [InlineData("AddDbContextFactory")]
    [InlineData("AddPooledDbContextFactory")]
    public async Task Every_way_of_registration(string way)
    {
        await Shop.CreateTableAsync(_server);
        var services = new ServiceCollection();
        void Configure(DbContextOptionsBuilder options) => options.UseWritableNpgsql(ConnectionString);
        _ = way switch
        {
            "AddDbContext" => services.AddDbContext<Shop>(Configure),
            "AddDbContextPool" => services.AddDbContextPool<Shop>(Configure),
            "AddDbContextFactory" => services.AddDbContextFactory<Shop>(Configure),
            _ => services.AddPooledDbContextFactory<Shop>(Configure),
        };
        await using var provider = services.BuildServiceProvider(validateScopes: true);
        for (var i = 0; i < 3; i++)
        {
            await using var scope = provider.CreateAsyncScope();
            await using var shop = way.Contains("Factory", StringComparison.Ordinal)
                ? await scope.ServiceProvider.GetRequiredService<IDbContextFactory<Shop>>().CreateDbContextAsync()
                : scope.ServiceProvider.GetRequiredService<Shop>();
            shop.Orders.Add(new Order());
            await shop.SaveChangesAsync();
        }
        Assert.Equal(3, await Shop.CountAsync(_server));
    }

    [Fact]
    public async Task A_strategy_of_the_applications_own_wins()
    {
        await using var source = WritableDataSource.Create(ConnectionString);
        await using var shop = new Shop(new DbContextOptionsBuilder<Shop>().UseWritableNpgsql(source, npgsql => npgsql.EnableRetryOnFailure()).Options);
        Assert.IsType<NpgsqlRetryingExecutionStrategy>(shop.Database.CreateExecutionStrategy());
    }

    [Fact]
    public async Task The_one_who_calls_last_wins()
    {
        await Shop.CreateTableAsync(_server);
        await using var source = WritableDataSource.Create(ConnectionString);
        await using var other = WritableDataSource.Create("Host=nowhere.invalid");
        await using var shop = new Shop(new DbContextOptionsBuilder<Shop>().UseWritableNpgsql(other).UseWritableNpgsql(source).Options);
        shop.Orders.Add(new Order());
        await shop.SaveChangesAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("Database=app")]
    [InlineData("Host=a;Target Session Attributes=standby")]
    [InlineData("Host=a;Multiplexing=true")]
    [InlineData("Host=a;Nonsense=1;Password=secret")]
    public void Bad_strings_are_refused_as_the_guard_does(string connectionString)
    {
        var expected = Assert.Throws<ArgumentException>(() => WritableDataSource.Create(connectionString));
        var actual = Assert.Throws<ArgumentException>(() => new DbContextOptionsBuilder<Shop>().UseWritableNpgsql(connectionString));
        Assert.Equal(expected.Message, actual.Message);
        Assert.DoesNotContain("secret", actual.Message);
    }

    [Fact]
    public async Task A_service_provider_of_the_applications_own_has_no_room_for_the_guard()
    {
        await using var source = WritableDataSource.Create(ConnectionString);
        await using var provider = new ServiceCollection().AddEntityFrameworkNpgsql().BuildServiceProvider();
        var options = new DbContextOptionsBuilder<Shop>().UseWritableNpgsql(source).UseInternalServiceProvider(provider).Options;
        var error = Assert.Throws<InvalidOperationException>(() => new Shop(options));
        Assert.Contains("UseInternalServiceProvider", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_source_that_is_built_cannot_be_configured()
    {
        await using var source = WritableDataSource.Create(ConnectionString);
        Assert.Throws<InvalidOperationException>(() => new DbContextOptionsBuilder().UseWritableNpgsql(source, npgsql => npgsql.ConfigureDataSource(_ => { })));
    }

    [Fact]
    public async Task ConfigureDataSource_configures_the_guarded_one()
    {
        await Shop.CreateTableAsync(_server);
        await using var shop = new Shop(new DbContextOptionsBuilder<Shop>().UseWritableNpgsql(
            ConnectionString, npgsql => npgsql.ConfigureDataSource(builder => builder.ConnectionStringBuilder.ApplicationName = "configured")).Options);
        shop.Orders.Add(new Order());
        await shop.SaveChangesAsync();
        // The heartbeat may be another one.
        Assert.InRange(await _server.QueryAsync<long>("select count(*) from pg_stat_activity where application_name = 'configured'"), 1, 2);
    }

    enum Mood
    {
        Happy,
        Sad,
    }

    sealed class Moment
    {
        public int Id { get; set; }
        public Mood Mood { get; set; }
        public Instant At { get; set; }
    }

    sealed class Diary(string connectionString) : DbContext
    {
        public DbSet<Moment> Moments => Set<Moment>();

        protected override void OnConfiguring(DbContextOptionsBuilder options) => options.UseWritableNpgsql(
            connectionString + ";Application Name=diary", npgsql => npgsql.MapEnum<Mood>().UseNodaTime());

        protected override void OnModelCreating(ModelBuilder model) => model.Entity<Moment>().Property(moment => moment.Id).ValueGeneratedNever();
    }
}
