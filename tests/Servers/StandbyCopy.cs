using CliWrap;
using Npgsql;

namespace ReadOnlyGuard.Servers;

/// <summary>
/// Copies a running server into a data directory, with PostgreSQL's own backup functions: what <c>pg_basebackup</c> does, which
/// not every packaging holds.
/// </summary>
static class StandbyCopy
{
    // What belongs to the running primary alone. The standby streams all WAL itself, from the backup's start on.
    static readonly string[] NotCopied =
        ["postmaster.pid", "postmaster.opts", "standby.signal", "pg_wal", "pg_replslot/*", "pg_dynshmem/*", "pg_notify/*", "pg_stat_tmp/*", "pg_subtrans/*"];

    public static async Task TakeAsync(PostgresInstallation installation, PostgresServer primary, string target)
    {
        await installation.RunAsync("sh", "-c", "rm -rf \"$1\" && mkdir -m 700 \"$1\" \"$1/pg_wal\" \"$1/pg_wal/archive_status\"", "sh", target);

        // The backup ends with the session that began it.
        await using var connection = new NpgsqlConnection(primary.ConnectionString(PostgresServer.Unpooled));
        await connection.OpenAsync();
        var named = connection.PostgreSqlVersion.Major >= 15;
        await AskAsync(connection, named ? "select pg_backup_start('standby', fast => true)::text" : "select pg_start_backup('standby', true, false)::text");

        // tar ends with 1 when a file changed or vanished under it: replaying the WAL mends that.
        var pack = installation
            .Command("tar", ["-C", primary.DataDirectory, "-c", .. NotCopied.Select(pattern => $"--exclude=./{pattern}"), "."])
            .WithValidation(CommandResultValidation.None);
        await (pack | installation.Command("tar", "-C", target, "-x")).ExecuteAsync();

        var label = await AskAsync(connection, named ? "select labelfile from pg_backup_stop(wait_for_archive => false)" : "select labelfile from pg_stop_backup(false, false)");
        await installation.WriteFileAsync(Path.Combine(target, "backup_label"), label);
    }

    static async Task<string> AskAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
