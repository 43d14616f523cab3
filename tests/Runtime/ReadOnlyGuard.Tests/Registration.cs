using System.Data.Common;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ReadOnlyGuard.Tests;

public sealed class Registration
{
    const string Database = "Host=127.0.0.1;Database=app";

    [Fact]
    public void Gives_the_source_and_its_connections_under_every_type()
    {
        using var services = new ServiceCollection().AddWritableNpgsqlDataSource(Database).BuildServiceProvider();
        var source = services.GetRequiredService<WritableDataSource>();
        Assert.Same(source, services.GetRequiredService<DbDataSource>());
        Assert.NotSame(services.GetRequiredService<NpgsqlConnection>(), services.GetRequiredService<NpgsqlConnection>());
        Assert.IsType<NpgsqlConnection>(services.GetRequiredService<DbConnection>());
        Assert.Same(source.AsNpgsqlDataSource(), services.GetRequiredService<NpgsqlDataSource>());
    }

    [Fact]
    public void By_any_key_gives_each_key_its_own_under_every_type()
    {
        using var services = new ServiceCollection().AddWritableNpgsqlDataSource(Database, serviceKey: KeyedService.AnyKey).BuildServiceProvider();
        var source = services.GetRequiredKeyedService<WritableDataSource>("tenant1");
        Assert.Same(source, services.GetRequiredKeyedService<DbDataSource>("tenant1"));
        Assert.Same(source.AsNpgsqlDataSource(), services.GetRequiredKeyedService<NpgsqlDataSource>("tenant1"));
        Assert.NotSame(source, services.GetRequiredKeyedService<WritableDataSource>("tenant2"));
        Assert.Equal("app", services.GetRequiredKeyedService<DbConnection>("tenant1").Database);
        Assert.Equal("app", services.GetRequiredKeyedService<NpgsqlConnection>("tenant1").Database);
    }

    [Fact]
    public void By_key_stays_apart_from_the_others()
    {
        using var services = new ServiceCollection()
            .AddWritableNpgsqlDataSource(Database)
            .AddWritableNpgsqlDataSource("Host=127.0.0.1;Database=other", serviceKey: "other")
            .BuildServiceProvider();
        Assert.Contains("other", services.GetRequiredKeyedService<WritableDataSource>("other").ConnectionString, StringComparison.Ordinal);
        Assert.Equal("other", services.GetRequiredKeyedService<DbConnection>("other").Database);
        Assert.Equal("app", services.GetRequiredService<DbConnection>().Database);
    }

    [Fact]
    public void Takes_builder_options_and_lifetimes_as_Npgsqls_own_does()
    {
        var (built, slim, configured) = (0, 0, 0);
        using var services = new ServiceCollection()
            .AddWritableNpgsqlDataSource(Database, (_, builder) => { built++; builder.EnableDynamicJson(); },
                ServiceLifetime.Scoped, ServiceLifetime.Scoped, configure: options => { configured++; options.CheckTimeout = TimeSpan.FromSeconds(1); })
            .AddWritableNpgsqlSlimDataSource(Database, _ => slim++, serviceKey: "slim")
            .BuildServiceProvider();
        using (var scope = services.CreateScope())
        {
            var source = scope.ServiceProvider.GetRequiredService<WritableDataSource>();
            Assert.Same(source, scope.ServiceProvider.GetRequiredService<WritableDataSource>());
            using var other = services.CreateScope();
            Assert.NotSame(source, other.ServiceProvider.GetRequiredService<WritableDataSource>());
        }
        _ = services.GetRequiredKeyedService<WritableDataSource>("slim");
        Assert.Equal((2, 1, 2), (built, slim, configured));
    }

    [Fact]
    public void Refuses_a_bad_string_where_it_is_written()
        => Assert.ThrowsAny<ArgumentException>(() => new ServiceCollection().AddWritableNpgsqlDataSource("Database=app"));
}
