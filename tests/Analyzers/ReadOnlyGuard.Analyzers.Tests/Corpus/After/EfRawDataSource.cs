using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Blog.Sources;

public enum Mood { Happy, Sad }

public class BlogContext(DbContextOptions<BlogContext> options) : DbContext(options);

public sealed class Contexts : IDisposable
{
    readonly NpgsqlDataSource _dataSource;
    readonly DbContextOptions<BlogContext> _options;

    public Contexts(string connectionString)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.MapEnum<Mood>();
        _dataSource = builder.BuildWritable().AsNpgsqlDataSource();
        _options = new DbContextOptionsBuilder<BlogContext>().UseNpgsql(_dataSource).Options;
    }

    public BlogContext Create() => new(_options);

    public void Dispose() => _dataSource.Dispose();
}
