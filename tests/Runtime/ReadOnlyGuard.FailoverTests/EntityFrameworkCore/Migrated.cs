using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace ReadOnlyGuard.FailoverTests.EntityFrameworkCore;

public sealed class Migrated(DbContextOptions<Migrated> options) : DbContext(options);

[DbContext(typeof(Migrated)), Migration("20010203040506_First")]
public sealed class FirstMigration : Migration
{
    protected override void Up(MigrationBuilder migrationBuilder) => migrationBuilder.Sql("create table migrated (id int)");
}

[DbContext(typeof(Migrated))]
public sealed class MigratedModel : ModelSnapshot
{
    protected override void BuildModel(ModelBuilder modelBuilder)
    {
    }
}
