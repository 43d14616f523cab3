using System.Collections.Immutable;
using System.Reflection;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.CodeAnalysis;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace ReadOnlyGuard.Analyzers.Tests.Testing;

/// <summary>What the code under test is compiled against: the framework that runs the tests, so that nothing is downloaded.</summary>
static class References
{
    public static readonly ImmutableArray<MetadataReference> Framework = AssembliesBeside(typeof(object));
    public static readonly MetadataReference Npgsql = Of(typeof(NpgsqlConnection));
    public static readonly MetadataReference Runtime = Of(typeof(AllowRawNpgsqlAttribute));
    public static readonly MetadataReference Registrations = Of(Assembly.Load("Npgsql.DependencyInjection"));
    public static readonly MetadataReference DependencyInjection = Of(typeof(IServiceCollection));
    public static readonly MetadataReference Logging = Of(typeof(ILoggerFactory));
    public static readonly MetadataReference Hosting = Of(typeof(IHostApplicationBuilder));

    public static readonly ImmutableArray<MetadataReference> EntityFramework =
        [Of(typeof(DbContext)), Of(typeof(RelationalDatabaseFacadeExtensions)), Of(typeof(NpgsqlDbContextOptionsBuilderExtensions))];

    /// <summary>What applications are made of besides.</summary>
    public static readonly ImmutableArray<MetadataReference> Applications =
        [.. AssembliesBeside(typeof(WebApplication)), Of(typeof(SqlMapper)), Of(typeof(FactAttribute)), Of(typeof(Assert)), Of(typeof(IAsyncLifetime)), Of(Assembly.Load("Microsoft.Bcl.AsyncInterfaces"))];

    static MetadataReference Of(Type type) => Of(type.Assembly);

    static MetadataReference Of(Assembly assembly) => MetadataReference.CreateFromFile(assembly.Location);

    static ImmutableArray<MetadataReference> AssembliesBeside(Type type)
    {
        var framework = Path.GetDirectoryName(type.Assembly.Location);
        var trusted = (string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!;
        return [.. trusted.Split(Path.PathSeparator).Where(path => Path.GetDirectoryName(path) == framework).Select(path => MetadataReference.CreateFromFile(path))];
    }
}
