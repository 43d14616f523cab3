using Microsoft.EntityFrameworkCore;
using Npgsql;
using Xunit;

namespace Shop.ModelTests;

public sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Order> Orders => Set<Order>();
}

public sealed class Order
{
    public int Id { get; set; }
}

public class ModelTests
{
    [Fact]
    public void Script_creates_the_table()
    {
        using var context = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseNpgsql("Host=localhost").Options);

        Assert.Contains("CREATE TABLE", context.Database.GenerateCreateScript());
    }

    [Fact]
    public void Key_is_mapped()
    {
        var options = new DbContextOptionsBuilder<ShopContext>().UseNpgsql("Database=model").Options;
        using var context = new ShopContext(options);

        Assert.NotNull(context.Model.FindEntityType(typeof(Order))!.FindPrimaryKey());
    }

    [Fact]
    public void Application_name_is_kept()
    {
        using var source = NpgsqlDataSource.Create("Host=localhost;Application Name=shop");

        Assert.Contains("Application Name=shop", source.ConnectionString);
    }

    [Fact]
    public void Table_is_empty()
    {
        using var context = new ShopContext(new DbContextOptionsBuilder<ShopContext>().UseWritableNpgsql("Host=localhost").Options);

        Assert.Empty(context.Orders);
    }
}
