using Npgsql;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure;
using Npgsql.EntityFrameworkCore.PostgreSQL.Infrastructure.Internal;

namespace ReadOnlyGuard.EntityFrameworkCore.Internal;

/// <summary>What the provider would configure on the data source that it builds.</summary>
sealed record DataSourceOptions(
    IReadOnlyList<EnumDefinition> Enums, Action<NpgsqlDataSourceBuilder>? Configure, ProvideClientCertificatesCallback? ClientCertificates,
    System.Net.Security.RemoteCertificateValidationCallback? RemoteCertificate,
#pragma warning disable CS0618 // Obsolete, and still honoured by the provider.
    ProvidePasswordCallback? Password)
#pragma warning restore CS0618
{
    public static DataSourceOptions Of(NpgsqlOptionsExtension options) => new(
        options.EnumDefinitions, options.DataSourceBuilderAction, options.ProvideClientCertificatesCallback,
        options.RemoteCertificateValidationCallback, options.ProvidePasswordCallback);

    public bool AreNone => Enums.Count == 0 && Configure is null && ClientCertificates is null && RemoteCertificate is null && Password is null;

    public void Apply(NpgsqlDataSourceBuilder builder, IEnumerable<INpgsqlDataSourceConfigurationPlugin> plugins)
    {
        foreach (var definition in Enums)
        {
            var name = definition.StoreTypeSchema is { } schema ? schema + "." + definition.StoreTypeName : definition.StoreTypeName;
            builder.MapEnum(definition.ClrType, name, definition.NameTranslator);
        }
        foreach (var plugin in plugins)
            plugin.Configure(builder);
        if (ClientCertificates is not null || RemoteCertificate is not null)
            builder.UseSslClientAuthenticationOptionsCallback(tls =>
            {
                ClientCertificates?.Invoke(tls.ClientCertificates ??= []);
                if (RemoteCertificate is not null)
                    tls.RemoteCertificateValidationCallback = RemoteCertificate;
            });
        if (Password is { } password)
            builder.UsePasswordProvider(
                settings => password(settings.Host!, settings.Port, settings.Database!, settings.Username!),
                (settings, _) => new(password(settings.Host!, settings.Port, settings.Database!, settings.Username!)));
        Configure?.Invoke(builder);
    }
}
