using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Blog.Design;

public class BlogContext(DbContextOptions<BlogContext> options) : DbContext(options);

/// <summary>For <c>dotnet ef</c> only.</summary>
public class BlogContextFactory : IDesignTimeDbContextFactory<BlogContext>
{
    public BlogContext CreateDbContext(string[] args)
    {
        var builder = new DbContextOptionsBuilder<BlogContext>();
        builder.UseNpgsql("Host=localhost;Database=blog_design");
        return new BlogContext(builder.Options);
    }
}
