using Code = ReadOnlyGuard.Analyzers.Tests.Testing.Code<ReadOnlyGuard.Analyzers.DataSourceIsNotRaw>;
using Testing = ReadOnlyGuard.Analyzers.Tests.Testing;

namespace ReadOnlyGuard.Analyzers.Tests.Rules;

public sealed class RawDataSource
{
    [Theory]
    [InlineData("object Make(string cs) => [|NpgsqlDataSource.Create(cs)|];")]
    [InlineData("object Make(NpgsqlConnectionStringBuilder cs) => [|NpgsqlDataSource.Create(cs)|];")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) => [|b.Build()|];")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) => [|b.BuildMultiHost()|];")]
    [InlineData("object Make(NpgsqlSlimDataSourceBuilder b) => [|b.Build()|];")]
    [InlineData("object Make(NpgsqlSlimDataSourceBuilder b) => [|b.BuildMultiHost()|];")]
    [InlineData("object Make(string cs) => [|new NpgsqlDataSourceBuilder(cs).EnableDynamicJson().Build()|];")]
    [InlineData("object Make(string cs) => [|NpgsqlFactory.Instance.CreateDataSource(cs)|];")]
    [InlineData("static readonly NpgsqlDataSource Source = [|NpgsqlDataSource.Create(\"Host=a\")|];")]
    [InlineData("readonly Lazy<NpgsqlDataSource> _source = new(() => [|NpgsqlDataSource.Create(\"Host=a\")|]);")]
    [InlineData("Func<string, NpgsqlDataSource> Factory => cs => [|NpgsqlDataSource.Create(cs)|];")]
    [InlineData("NpgsqlDataSource? _kept; NpgsqlDataSource Get(string cs) => _kept ??= [|NpgsqlDataSource.Create(cs)|];")]
    [InlineData("object Make(string cs, bool replica) => [|NpgsqlDataSource.Create(replica ? cs : cs + \";Target Session Attributes=standby\")|];")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) => [|b.BuildMultiHost()|].WithTargetSession(TargetSessionAttributes.Primary);")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) { var s = [|b.BuildMultiHost()|]; s.OpenConnection(); return s.WithTargetSession(TargetSessionAttributes.Standby); }")]
    public Task Is_reported_where_it_is_created(string member) => Code.IsReportedInClass(member);

    [Theory]
    [InlineData("Func<string, NpgsqlDataSource> Make => [|NpgsqlDataSource.Create|];")]
    [InlineData("Delegate Make => (Func<string, NpgsqlDataSource>)[|NpgsqlDataSource.Create|];")]
    [InlineData("object Make(string[] all) => System.Linq.Enumerable.Select(all, [|NpgsqlDataSource.Create|]);")]
    [InlineData("Func<NpgsqlDataSource> Make(NpgsqlDataSourceBuilder b) => [|b.Build|];")]
    [InlineData("Func<DbDataSource> Make(NpgsqlSlimDataSourceBuilder b) => [|b.BuildMultiHost|];")]
    [InlineData("readonly Lazy<NpgsqlDataSource> _source = new([|new NpgsqlDataSourceBuilder(\"Host=a\").Build|]);")]
    [InlineData("Func<NpgsqlConnection> Open(string cs) => [|NpgsqlDataSource.Create(cs)|].OpenConnection;")]
    [InlineData("Func<NpgsqlConnection> Open(string cs) { var s = [|NpgsqlDataSource.Create(cs)|]; return s.OpenConnection; }")]
    public Task Is_reported_where_a_delegate_creates_or_opens_it(string member) => Code.IsReportedInClass(member);

    [Theory]
    [InlineData("string Name => nameof(NpgsqlDataSource.Create);")]
    [InlineData("Func<string, ReadOnlyGuard.WritableDataSource> Make => ReadOnlyGuard.WritableDataSource.For;")]
    [InlineData("Func<NpgsqlDataSource> Make() => new NpgsqlDataSourceBuilder(\"Host=a,b;Target Session Attributes=standby\").Build;")]
    [InlineData("Func<NpgsqlDataSource> Make(NpgsqlDataSourceBuilder b) { b.ConnectionStringBuilder.TargetSessionAttributes = \"standby\"; return b.Build; }")]
    [InlineData("Func<NpgsqlDataSource> Make(ReadOnlyGuard.WritableDataSource s) => s.AsNpgsqlDataSource;")]
    [InlineData("Func<NpgsqlConnection> Open(ReadOnlyGuard.WritableDataSource s) => s.OpenConnection;")]
    [InlineData("Func<NpgsqlConnection> Open(NpgsqlDataSource s) => s.OpenConnection;")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql(\"reads a standby\")] Func<string, NpgsqlDataSource> Make => NpgsqlDataSource.Create;")]
    [InlineData("static NpgsqlDataSource Create(string cs) => null!; Func<string, NpgsqlDataSource> Make => Create;")]
    public Task Stays_silent_for_other_delegates(string member) => Code.IsSilentInClass(member);

    [Fact]
    public Task Is_reported_once_where_it_is_created_and_opened() => Code.IsReportedInClass("""
        void Run(string cs)
        {
            using var source = [|NpgsqlDataSource.Create(cs)|];
            using var connection = source.OpenConnection();
            using var command = source.CreateCommand();
        }
        """);

    [Theory]
    [InlineData("object Make() => NpgsqlDataSource.Create(\"Host=a,b;Target Session Attributes=standby\");")]
    [InlineData("object Make() => NpgsqlFactory.Instance.CreateDataSource(\"Host=a,b;Target Session Attributes=standby\");")]
    [InlineData("object Make() => new NpgsqlDataSourceBuilder(\"Host=a,b;Target Session Attributes=prefer-standby\").Build();")]
    [InlineData("object Make() => new NpgsqlDataSourceBuilder(\"Host=a,b;Target Session Attributes=standby\").EnableDynamicJson().Build();")]
    [InlineData("object Make() { var b = new NpgsqlSlimDataSourceBuilder(\"Host=a,b;Target Session Attributes=standby\"); b.EnableArrays(); return b.Build(); }")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) => b.BuildMultiHost().WithTargetSession(TargetSessionAttributes.Standby);")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) => b.BuildMultiHost().OpenConnection(TargetSessionAttributes.PreferStandby);")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) { using var s = b.BuildMultiHost(); return s.WithTargetSession(TargetSessionAttributes.ReadOnly); }")]
    [InlineData("void Run(NpgsqlDataSourceBuilder b) { var s = b.BuildMultiHost(); s.OpenConnection(TargetSessionAttributes.Standby); s.Dispose(); }")]
    [InlineData("object Make(string host) => NpgsqlDataSource.Create($\"Host={host};Target Session Attributes=standby\");")]
    [InlineData("object Make(string cs) => NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(cs) { TargetSessionAttributes = \"standby\" });")]
    [InlineData("object Make(string cs) { var b = new NpgsqlDataSourceBuilder(cs); b.ConnectionStringBuilder.TargetSessionAttributes = \"standby\"; return b.Build(); }")]
    [InlineData("object Make(string cs) => new NpgsqlDataSourceBuilder(cs) { ConnectionStringBuilder = { TargetSessionAttributes = \"prefer-standby\" } }.Build();")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) { b.ConnectionStringBuilder.TargetSessionAttributes = \"read-only\"; return b.Build(); }")]
    [InlineData("readonly NpgsqlDataSourceBuilder _b = new(\"Host=a\"); object Make() { _b.ConnectionStringBuilder.TargetSessionAttributes = \"standby\"; return _b.Build(); }")]
    [InlineData("static NpgsqlDataSourceBuilder B(string cs) { var b = new NpgsqlDataSourceBuilder(cs); b.ConnectionStringBuilder.TargetSessionAttributes = \"standby\"; return b; } object Make(string cs) => B(cs).Build();")]
    public Task Stays_silent_for_a_standby(string member) => Code.IsSilentInClass(member);

    [Theory]
    [InlineData("object Run(NpgsqlDataSource s) => s.OpenConnection();")]
    [InlineData("async Task<object> Run(NpgsqlDataSource s) => await s.OpenConnectionAsync();")]
    [InlineData("object Run(NpgsqlDataSource s) => s.CreateConnection();")]
    [InlineData("object Run(NpgsqlDataSource s) => s.CreateCommand(\"select 1\");")]
    [InlineData("object Run(NpgsqlDataSource s) => s.CreateBatch();")]
    [InlineData("object Run(NpgsqlMultiHostDataSource s) => s.OpenConnection(TargetSessionAttributes.Primary);")]
    [InlineData("object Run(NpgsqlMultiHostDataSource s) => s.WithTargetSession(TargetSessionAttributes.Standby).OpenConnection();")]
    [InlineData("class Repository(NpgsqlDataSource source) { object Run() => source.OpenConnection(); }")]
    [InlineData("readonly NpgsqlDataSource _source; Orders(NpgsqlDataSource source) => _source = source; object Run() => _source.CreateCommand();")]
    [InlineData("NpgsqlDataSource Source { get; set; } = null!; object Run() => Source.CreateCommand();")]
    public Task Stays_silent_where_one_from_elsewhere_is_used(string member) => Code.IsSilentInClass(member);

    [Theory]
    [InlineData("object Run(string cs) => RecoveryWatcher.Watch(NpgsqlDataSource.Create(cs));")]
    [InlineData("object Run(string cs) { var s = NpgsqlDataSource.Create(cs); _ = RecoveryWatcher.Watch(s); return s; }")]
    [InlineData("object Run(NpgsqlDataSourceBuilder b) { using NpgsqlDataSource s = b.BuildMultiHost(); return RecoveryWatcher.Watch(loggerFactory: null, dataSource: s); }")]
    [InlineData("readonly NpgsqlDataSource _source; readonly RecoveryWatcher _watcher; Orders(string cs) { _source = NpgsqlDataSource.Create(cs); _watcher = RecoveryWatcher.Watch(_source); } object W => _watcher;")]
    [InlineData("static readonly NpgsqlDataSource Source = NpgsqlDataSource.Create(\"Host=a\"); static readonly RecoveryWatcher Watcher = RecoveryWatcher.Watch(Source); object W => Watcher;")]
    [InlineData("readonly Lazy<NpgsqlDataSource> _source = new(() => NpgsqlDataSource.Create(\"Host=a\")); object Run() => RecoveryWatcher.Watch(_source.Value);")]
    [InlineData("readonly Lazy<NpgsqlDataSource> _source = new(new NpgsqlDataSourceBuilder(\"Host=a\").Build); object Run() => RecoveryWatcher.Watch(_source.Value);")]
    [InlineData("static NpgsqlDataSource Make(string cs) => NpgsqlDataSource.Create(cs); object Run(string cs) => RecoveryWatcher.Watch(Make(cs));")]
    public Task Stays_silent_for_what_is_watched(string member) => Code.IsSilentIn("using ReadOnlyGuard;\n" + Testing.Code.InClass(member), WithLogging);

    [Theory]
    [InlineData("object Run(string cs, NpgsqlDataSource other) { var s = [|NpgsqlDataSource.Create(cs)|]; _ = RecoveryWatcher.Watch(other); return s; }")]
    [InlineData("readonly NpgsqlDataSource _a = [|NpgsqlDataSource.Create(\"Host=a\")|], _b = NpgsqlDataSource.Create(\"Host=b\"); object Run() => RecoveryWatcher.Watch(_b); object A => _a;")]
    [InlineData("readonly Lazy<NpgsqlDataSource> _a = new([|new NpgsqlDataSourceBuilder(\"Host=a\").Build|]), _b = new(new NpgsqlDataSourceBuilder(\"Host=b\").Build); object Run() => RecoveryWatcher.Watch(_b.Value); object A => _a;")]
    [InlineData("object Watch(string cs) => [|NpgsqlDataSource.Create(cs)|];")]
    public Task Is_reported_beside_what_is_watched(string member) => Code.IsReportedIn("using ReadOnlyGuard;\n" + Testing.Code.InClass(member), WithLogging);

    [Theory]
    [InlineData("object Make(string cs) => ReadOnlyGuard.WritableDataSource.Create(cs);")]
    [InlineData("NpgsqlDataSource Make(string cs) => ReadOnlyGuard.WritableDataSource.Create(cs).AsNpgsqlDataSource();")]
    [InlineData("object Make(NpgsqlDataSourceBuilder b) => b.BuildWritable();")]
    [InlineData("object Run(ReadOnlyGuard.WritableDataSource s) => s.OpenConnection();")]
    [InlineData("object Run(DbDataSource s) => s.OpenConnection();")]
    [InlineData("object Run(NpgsqlDataSource s) => s.ConnectionString;")]
    [InlineData("void Run(NpgsqlDataSource s) => s.Clear();")]
    [InlineData("object Make(string cs) => new NpgsqlDataSourceBuilder(cs);")]
    [InlineData("[ReadOnlyGuard.AllowRawNpgsql(\"reads a standby\")] object Run(NpgsqlDataSource s) => s.OpenConnection();")]
    [InlineData("class Builder { public NpgsqlDataSource? Build() => null; } object? Make(Builder b) => b.Build();")]
    public Task Stays_silent_elsewhere(string member) => Code.IsSilentInClass(member);

    [Fact]
    public Task Stays_silent_where_Npgsql_is_not_referenced() => Code.IsSilentIn(
        "class NpgsqlDataSource { public static NpgsqlDataSource Create(string cs) => new(); object C => Create(\"\"); }", Testing.Code.WithoutNpgsql);

    // A parameter of Watch is a logger factory.
    static void WithLogging(Microsoft.CodeAnalysis.Testing.SolutionState state) => state.AdditionalReferences.Add(Testing.References.Logging);
}
