using Microsoft.EntityFrameworkCore;

namespace Shop;

/// <summary>An order. Its key comes from the customer, so that one that is repeated is known.</summary>
public sealed class Order
{
    public Guid Key { get; set; }
    public required string Way { get; set; }
}

public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    /// <summary>Creates the table that <see cref="Orders"/> is about.</summary>
    public const string CreateTable = "create table orders (key uuid primary key, way text not null)";

    public DbSet<Order> Orders => Set<Order>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
        => modelBuilder.Entity<Order>(order =>
        {
            order.ToTable("orders").HasKey(o => o.Key);
            order.Property(o => o.Key).HasColumnName("key");
            order.Property(o => o.Way).HasColumnName("way");
        });
}
