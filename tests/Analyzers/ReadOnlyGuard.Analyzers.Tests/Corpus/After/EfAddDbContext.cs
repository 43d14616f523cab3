using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Blog.Startup;

public class BlogContext(DbContextOptions<BlogContext> options) : DbContext(options);

public static class Services
{
    public static void Add(IServiceCollection services, IConfiguration configuration)
    {
        services.AddDbContext<BlogContext>(options => options.UseWritableNpgsql(configuration.GetConnectionString("Blog")));
        services.AddDbContextPool<BlogContext>((provider, options) =>
        {
            options.UseWritableNpgsql(
                configuration.GetConnectionString("Blog"),
                npgsql => npgsql.EnableRetryOnFailure(5));
        });
        services.AddDbContextFactory<BlogContext>(options => options.UseNpgsql());
    }
}
