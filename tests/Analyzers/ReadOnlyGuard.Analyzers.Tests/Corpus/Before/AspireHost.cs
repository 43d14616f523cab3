using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Shop.Aspire;

public class Orders(DbContextOptions<Orders> options) : DbContext(options);

public static class Host
{
    public static WebApplicationBuilder Configure(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.AddNpgsqlDataSource("shop");
        builder.AddNpgsqlDataSource("stock", configureDataSourceBuilder: source => source.EnableParameterLogging());
        // No guarded counterpart of it is referenced: the fix is withheld.
        builder.AddKeyedNpgsqlDataSource("audit");
        builder.AddNpgsqlDbContext<Orders>("shop", configureDbContextOptions: options => options.EnableDetailedErrors());
        builder.AddNpgsqlDataSource("reports", source => source.ConnectionStringBuilder.TargetSessionAttributes = "prefer-standby");
        return builder;
    }
}
