using Microsoft.EntityFrameworkCore;

namespace Blog;

public class BlogContext : DbContext
{
    public DbSet<Post> Posts => Set<Post>();

    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder)
        => optionsBuilder.UseNpgsql("Host=localhost;Database=blog");
}

public class Post
{
    public int Id { get; set; }
    public string Title { get; set; } = "";
}
