using System.Globalization;
using System.Text;

namespace ReadOnlyGuard.AnalyzerBenchmarks;

/// <summary>Codes of any length in which every statement is something that a rule has to look at, by rule.</summary>
static class LongCode
{
    /// <summary>What stands once before the statements, and a statement, with its number for <c>#</c>.</summary>
    static readonly (string Rule, string Before, string Statement)[] Statements =
    [
        ("ROG001", "", "using (var c# = new NpgsqlConnection(cs)) { c#.Open(); }"),
        ("ROG001 of one string", "var made = cs + \";\";", "Use(new NpgsqlConnection(made));"),
        ("ROG001 of one builder", "var builder = new NpgsqlConnectionStringBuilder(cs); builder.Database = cs;", "Use(new NpgsqlConnection(builder.ConnectionString));"),
        ("ROG001 of one method", "", "Use(new NpgsqlConnection(Text(cs)));"),
        ("ROG001 of settings", "", "using (var c# = new NpgsqlConnection(cs)) { Use(c#.Database); }"),
        ("ROG002", "", "var s# = NpgsqlDataSource.Create(cs); s#.OpenConnection();"),
        ("ROG002 of one source", "var source = NpgsqlDataSource.Create(cs);", "Use(source.CreateCommand());"),
        ("ROG002 of one builder", "var builder = new NpgsqlDataSourceBuilder(cs); builder.ConnectionStringBuilder.Database = cs;", "Use(builder.Build());"),
        ("ROG002 of delegates", "", "System.Func<string, NpgsqlDataSource> f# = NpgsqlDataSource.Create;"),
        ("ROG002 of watched sources", "", "var w# = NpgsqlDataSource.Create(cs); Use(RecoveryWatcher.Watch(w#));"),
        ("ROG003", "", "services.AddNpgsqlDataSource(cs, serviceKey: #);"),
        ("ROG004", "", "options.UseNpgsql(cs);"),
        ("ROG004 of models", "", "using (var m# = new DbContext(new DbContextOptionsBuilder().UseNpgsql(cs).Options)) { Use(m#.Model); }"),
        ("ROG005", "", "Use(NpgsqlFactory.Instance.CreateConnection());"),
        ("ROG006", "var text = guard.ConnectionString;", "Use(new NpgsqlConnection(text));"),
        ("ROG006 of clones", "", "Use(guard.CreateConnection().CloneWith(cs));"),
        ("ROG007 of one connection", "using var rent = guard.OpenConnection();", "rent.Open();"),
        ("ROG007", "", "using var r# = guard.OpenConnection(); r#.Open();"),
        ("ROG008", "", "Use(WritableDataSource.For(\"Host=a;Target Session Attributes=standby\"));"),
        ("ROG009", "", "[AllowRawNpgsql(\"one server\")] object L#() => new NpgsqlConnection(cs);"),
        ("ROG010", "", "NpgsqlConnection.ClearAllPools();"),
        ("ROG010 of rents", "using var rent = guard.OpenConnection();", "NpgsqlConnection.ClearPool(rent);"),
        ("ROG011 of one operation", "void Work(NpgsqlConnection c) { other.CreateCommand(); }", "guard.ExecuteInTransaction(Work);"),
        ("ROG011", "", "guard.ExecuteInTransaction(c => { try { other.CreateCommand(); } catch (PostgresException) { } });"),
        ("ROG012", "var rent = guard.OpenConnection();", "_kept = rent;"),
        ("ROG012 of strings", "var text = cs;", "_text = text;"),
        ("ROG013", "", "Use(new Npgsql.Replication.LogicalReplicationConnection(cs));"),
        ("ROG014", "", "new Marten.StoreOptions().Connection(cs);"),
        ("ROG014 of properties", "var cap = new DotNetCore.CAP.PostgreSqlOptions();", "cap.ConnectionString = cs;"),
    ];

    public static IEnumerable<string> Rules => Statements.Select(statement => statement.Rule);

    /// <summary>One method of so many statements.</summary>
    public static string Method(string rule, int length)
    {
        var (_, before, statement) = Statements.Single(found => found.Rule == rule);
        return Class($"{Signature(0)}\n{{\n{before}\n{Repeated(length, statement)}}}\n");
    }

    /// <summary>One file of so many statements of one kind, in methods of ten.</summary>
    public static string File(string rule, int length)
    {
        var (_, before, statement) = Statements.Single(found => found.Rule == rule);
        var methods = new StringBuilder();
        for (var number = 0; number < length / 10; number++)
            methods.Append(Signature(number)).Append("\n{\n").Append(before).Append('\n').Append(Repeated(10, statement)).Append("}\n");
        return Class(methods.ToString());
    }

    static string Signature(int number) => string.Create(
        CultureInfo.InvariantCulture,
        $"void M{number}(string cs, WritableDataSource guard, NpgsqlConnection other, IServiceCollection services, DbContextOptionsBuilder options)");

    static string Repeated(int length, string statement)
    {
        var statements = new StringBuilder();
        for (var number = 0; number < length; number++)
            statements.Append(statement.Replace("#", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)).Append('\n');
        return statements.ToString();
    }

    static string Class(string members) =>
        $$"""
        using Microsoft.EntityFrameworkCore;
        using Microsoft.Extensions.DependencyInjection;
        using Npgsql;
        using ReadOnlyGuard;

        class Long
        {
            static NpgsqlConnection? _kept;
            static string? _text;

            static void Use(object? value) { }

            static string Text(string cs) => cs + ";Database=x";

        {{members}}
        }

        namespace Marten { class StoreOptions { public void Connection(string connectionString) { } } }
        namespace DotNetCore.CAP { class PostgreSqlOptions { public string ConnectionString { get; set; } = ""; } }
        """;
}
