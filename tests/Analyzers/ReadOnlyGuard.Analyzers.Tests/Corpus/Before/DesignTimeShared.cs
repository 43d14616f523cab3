using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Microsoft.Extensions.DependencyInjection;

namespace Blog.SharedDesign;

public class BlogContext(DbContextOptions<BlogContext> options) : DbContext(options);

/// <summary>For <c>dotnet ef</c>; and what it configures, the application configures the same way.</summary>
public class BlogContextFactory : IDesignTimeDbContextFactory<BlogContext>
{
    public BlogContext CreateDbContext(string[] args)
    {
        var builder = new DbContextOptionsBuilder<BlogContext>();
        builder.UseNpgsql("Host=localhost;Database=blog_design");
        return new BlogContext(builder.Options);
    }

    public static void Configure(DbContextOptionsBuilder options, string connectionString) => options.UseNpgsql(connectionString);
}

public static class Registration
{
    public static void AddBlog(this IServiceCollection services, string connectionString) =>
        services.AddDbContext<BlogContext>(options => BlogContextFactory.Configure(options, connectionString));
}
