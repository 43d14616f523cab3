using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using ReadOnlyGuard;

namespace Blog.Guarded;

public class BlogContext(DbContextOptions<BlogContext> options) : DbContext(options);

public static class Services
{
    public static void Add(IServiceCollection services, string connectionString)
    {
        services.AddWritableNpgsqlDataSource(connectionString);
        services.AddDbContext<BlogContext>((provider, options) =>
            options.UseNpgsql(provider.GetRequiredService<WritableDataSource>()));
    }
}
