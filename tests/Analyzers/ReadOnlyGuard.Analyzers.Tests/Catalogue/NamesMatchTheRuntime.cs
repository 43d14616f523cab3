using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ReadOnlyGuard.Analyzers.Tests.Catalogue;

/// <summary>The rules never reference the runtime, so only a test can tell that both mean the same names.</summary>
public sealed class NamesMatchTheRuntime
{
    [Fact]
    public void Types_are_where_the_rules_look_for_them()
    {
        Assert.Equal(WellKnownNames.NpgsqlAssembly, typeof(NpgsqlConnection).Assembly.GetName().Name);
        Assert.Equal(WellKnownNames.NpgsqlConnection, typeof(NpgsqlConnection).FullName);
        Assert.Equal(WellKnownNames.NpgsqlDataSource, typeof(NpgsqlDataSource).FullName);
        Assert.Equal(WellKnownNames.NpgsqlDataSourceBuilder, typeof(NpgsqlDataSourceBuilder).FullName);
        Assert.Equal(WellKnownNames.NpgsqlSlimDataSourceBuilder, typeof(NpgsqlSlimDataSourceBuilder).FullName);
        Assert.Equal(WellKnownNames.NpgsqlFactory, typeof(NpgsqlFactory).FullName);
        Assert.Equal(WellKnownNames.Namespace + "." + WellKnownNames.AllowRawNpgsqlAttribute, typeof(AllowRawNpgsqlAttribute).FullName);
        Assert.Equal(WellKnownNames.Namespace + "." + WellKnownNames.WritableDataSource, typeof(WritableDataSource).FullName);
        Assert.Equal(WellKnownNames.Namespace + "." + WellKnownNames.RecoveryWatcher, typeof(RecoveryWatcher).FullName);
    }

    [Fact]
    public void Members_have_the_shape_that_the_fix_writes()
    {
        var source = Member(WellKnownNames.Members.For, typeof(string));
        Assert.True(source.IsStatic);
        Assert.Equal(typeof(WritableDataSource), source.ReturnType);
        // A named argument of the constructor is kept.
        Assert.Equal("connectionString", source.GetParameters().Single().Name);
        Assert.Equal("connectionString", typeof(NpgsqlConnection).GetConstructor([typeof(string)])!.GetParameters().Single().Name);

        Assert.Equal(WellKnownNames.NpgsqlDbContextOptionsBuilderExtensions, typeof(Microsoft.EntityFrameworkCore.NpgsqlDbContextOptionsBuilderExtensions).FullName);
        var contexts = typeof(Microsoft.EntityFrameworkCore.ReadOnlyGuardDbContextOptionsBuilderExtensions).GetMethods()
            .Where(method => method.Name == WellKnownNames.Members.UseWritableNpgsql && method.GetParameters()[1].ParameterType == typeof(string));
        Assert.All(contexts, method => Assert.Equal(["optionsBuilder", "connectionString", "npgsqlOptionsAction"], method.GetParameters().Select(parameter => parameter.Name)));
        Assert.Equal(2, contexts.Count());
        var registrations = typeof(ReadOnlyGuardServiceCollectionExtensions);
        Assert.Equal(WellKnownNames.ServiceCollectionExtensions, registrations.FullName);
        Assert.Equal(3, registrations.GetMethods().Count(method => method.Name == WellKnownNames.Members.AddDataSource));
        Assert.Equal(3, registrations.GetMethods().Count(method => method.Name == WellKnownNames.Members.AddSlimDataSource));
        var created = Member(WellKnownNames.Members.Create, typeof(string), typeof(Action<WritableDataSourceOptions>));
        Assert.Equal("connectionString", created.GetParameters()[0].Name);
        Assert.Equal("connectionString", typeof(NpgsqlDataSource).GetMethod("Create", [typeof(string)])!.GetParameters().Single().Name);
        Assert.Equal(2, typeof(ReadOnlyGuardNpgsqlDataSourceBuilderExtensions).GetMethods().Count(method => method.Name == WellKnownNames.Members.BuildWritable));

        Assert.Equal(typeof(void), Member(WellKnownNames.Members.Clear).ReturnType);
        Assert.True(Member(WellKnownNames.Members.ClearAll).IsStatic);
        Assert.Equal(typeof(void), Member(WellKnownNames.Members.ClearAll).ReturnType);
        Assert.Equal(typeof(NpgsqlConnection), Member(WellKnownNames.Members.CreateConnection).ReturnType);
        Assert.Equal(typeof(NpgsqlConnection), Member(WellKnownNames.Members.OpenConnection).ReturnType);
        Assert.Equal(typeof(NpgsqlDataSource), Member(WellKnownNames.Members.AsNpgsqlDataSource).ReturnType);
        Assert.Single(typeof(RecoveryWatcher).GetMethods(), method => method.Name == WellKnownNames.Members.Watch && method.GetParameters()[0].ParameterType == typeof(NpgsqlDataSource));

        Assert.All(
            (string[])[WellKnownNames.Members.ExecuteInTransaction, WellKnownNames.Members.ExecuteInTransactionAsync],
            name => Assert.Equal(["operation", "operation"], typeof(WritableDataSource).GetMethods().Where(method => method.Name == name).Select(method => method.GetParameters()[0].Name)));

        var openAsync = Member(WellKnownNames.Members.OpenConnectionAsync, typeof(CancellationToken));
        Assert.Equal(typeof(ValueTask<NpgsqlConnection>), openAsync.ReturnType);
        Assert.Equal("cancellationToken", openAsync.GetParameters().Single().Name);
        Assert.True(openAsync.GetParameters().Single().HasDefaultValue);
    }

    static MethodInfo Member(string name, params Type[] parameters) => Assert.Single(
        typeof(WritableDataSource).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly),
        method => method.Name == name && method.GetParameters().Select(parameter => parameter.ParameterType).SequenceEqual(parameters));
}
