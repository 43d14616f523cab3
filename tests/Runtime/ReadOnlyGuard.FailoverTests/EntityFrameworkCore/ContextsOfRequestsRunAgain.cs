using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using ReadOnlyGuard.FailoverTests.AspNetCore;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

/// <summary>A request that is run again has a context of its own: what the run before had added is not saved with it.</summary>
public sealed class ContextsOfRequestsRunAgain
{
    [Theory]
    [InlineData("AddDbContext")]
    [InlineData("AddDbContextPool")]
    public async Task Save_what_the_last_run_added(string registration)
    {
        await using var server = await PostgresServer.StartNewAsync();
        await Shop.CreateTableAsync(server);
        var runs = 0;
        await using var site = await Site.StartAsync(
            server.ConnectionString(),
            app => app.MapPut("/", async (Shop shop) =>
            {
                shop.Orders.Add(new Order { Number = ++runs });
                if (runs == 1)
                    await using (var raw = NpgsqlDataSource.Create(server.ConnectionString(c => c.Pooling = false)))
                        await raw.CreateCommand("select pg_terminate_backend(pg_backend_pid())").ExecuteNonQueryAsync();
                await shop.SaveChangesAsync();
            }).Idempotent(),
            services: services =>
            {
                void Configure(IServiceProvider provider, DbContextOptionsBuilder options) => options.UseWritableNpgsql(provider.GetRequiredService<WritableDataSource>());
                _ = registration == "AddDbContext" ? services.AddDbContext<Shop>(Configure) : services.AddDbContextPool<Shop>(Configure);
            });

        (await site.Client.PutAsync("/", null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        Assert.Equal(2, runs);
        Assert.Equal(2, await server.QueryAsync<int>("""select sum("Number")::int from "Orders" """));
    }
}
