using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>Servers that take the application's role over TLS only, with a password that a provider gives and a certificate that a callback judges.</summary>
public sealed class TlsReachesEveryConnection
{
    [Fact]
    public async Task Of_the_pool_of_searches_of_looks_and_of_commit_witnesses()
    {
        await using var primary = await PostgresServer.StartNewAsync();
        await PresentCertificateAsync(primary);
        await primary.ExecuteAsync("create role app login password 'planted-secret'; create table entries (n int); grant insert on entries to app");
        await File.WriteAllTextAsync(Path.Combine(primary.DataDirectory, "pg_hba.conf"),
            "hostssl all app 127.0.0.1/32 scram-sha-256\nhost all app 127.0.0.1/32 reject\nhost all,replication postgres 127.0.0.1/32 trust\n");
        await primary.AlterSystemAsync("ssl", "on");
        await using var standby = await PostgresServer.StartStandbyOfAsync(primary);

        var judged = 0;
        var builder = new NpgsqlDataSourceBuilder(
            $"Host=127.0.0.1:{primary.Port},127.0.0.1:{standby.Port};Username=app;Database=postgres;SSL Mode=Require");
        builder.UsePeriodicPasswordProvider((_, _) => new("planted-secret"), TimeSpan.FromHours(1), TimeSpan.FromSeconds(1));
        builder.UseSslClientAuthenticationOptionsCallback(tls => tls.RemoteCertificateValidationCallback = (_, _, _, _) => Interlocked.Increment(ref judged) > 0);
        using var logs = new RecordedLogs();
        await using var source = builder.BuildWritable(options => (options.PeerCheckInterval, options.LoggerFactory) = (TimeSpan.FromMilliseconds(100), logs));

        Task InsertAsync(int n) => source.ExecuteInTransactionAsync(async (connection, token) =>
        {
            await using var insert = new NpgsqlCommand($"insert into entries values ({n})", connection);
            await insert.ExecuteNonQueryAsync(token);
        }, new() { CommitOutcome = CommitOutcome.Resolve });

        await InsertAsync(1);

        // The pool's and the witness's, and that of the looks. A search has judged one on each server before.
        Assert.Equal("true,true", await EncryptedAsync(primary));
        Assert.Equal("true", await EncryptedAsync(standby));
        Assert.True(judged >= 4, $"{judged}");
        Assert.DoesNotContain(logs.Entries, entry => entry.Text.Contains("planted-secret", StringComparison.Ordinal));

        await primary.KillAsync();
        await standby.PromoteAsync();
        // Nothing tells a killed server's idle connection from a living one before it is used.
        await InsertAsync(2);
        Assert.Equal(2, await standby.QueryAsync<int>("select max(n) from entries"));
    }

    static Task<string> EncryptedAsync(PostgresServer server)
        => server.QueryAsync<string>("select string_agg(ssl::text, ',') from pg_stat_ssl join pg_stat_activity using (pid) where usename = 'app'");

    /// <summary>Written by the server itself: a key must belong to its user, and to nobody else.</summary>
    static async Task PresentCertificateAsync(PostgresServer server)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=database", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        foreach (var (file, text) in new[] { ("server.crt", certificate.ExportCertificatePem()), ("server.key", key.ExportPkcs8PrivateKeyPem()) })
            await server.ExecuteAsync($"copy (select unnest(string_to_array('{text}', chr(10)))) to program 'umask 077; cat > {file}'");
    }
}
