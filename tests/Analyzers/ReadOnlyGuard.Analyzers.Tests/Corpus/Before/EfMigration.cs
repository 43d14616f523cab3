using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql;

namespace Blog.Migrations;

public partial class SeedPosts : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.Sql("insert into posts (title) values ('Hello')");

        // Outside the migration's transaction on purpose.
        using var connection = new NpgsqlConnection(Environment.GetEnvironmentVariable("BLOG_DB"));
        connection.Open();
        using var command = new NpgsqlCommand("create index concurrently if not exists ix_title on posts (title)", connection);
        command.ExecuteNonQuery();
    }
}
