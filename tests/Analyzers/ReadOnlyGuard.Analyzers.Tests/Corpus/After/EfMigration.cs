using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;
using ReadOnlyGuard;

namespace Blog.Migrations;

public partial class SeedPosts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("insert into posts (title) values ('Hello')");

        // Outside the migration's transaction on purpose.
        using var connection = WritableDataSource.For(Environment.GetEnvironmentVariable("BLOG_DB")!).OpenConnection();
        using var command = new NpgsqlCommand("create index concurrently if not exists ix_title on posts (title)", connection);
        command.ExecuteNonQuery();
    }
}
