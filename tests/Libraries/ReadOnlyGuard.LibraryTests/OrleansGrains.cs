using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace ReadOnlyGuard.LibraryTests;

/// <summary>Orleans' ADO.NET grain storage over a WritableDataSource.</summary>
[Trait("Heavy", "yes")]
public sealed class OrleansGrains(ITestOutputHelper output)
{
    // What Orleans asks of a database, said as simply as the test can.
    const string Schema = """
        create table orleansquery (querykey text primary key, querytext text not null);
        create table orleansstorage (
            grainidhash int, grainidn0 bigint, grainidn1 bigint, graintypehash int, graintypestring text, grainidextensionstring text, serviceid text,
            payloadbinary bytea, version int not null,
            unique nulls not distinct (grainidn0, grainidn1, graintypestring, grainidextensionstring, serviceid));
        insert into orleansquery values
            ('ReadFromStorageKey', 'select payloadbinary as "PayloadBinary", version as "Version" from orleansstorage where grainidhash = @GrainIdHash and graintypehash = @GrainTypeHash and grainidn0 = @GrainIdN0 and grainidn1 = @GrainIdN1 and graintypestring = @GrainTypeString and grainidextensionstring is not distinct from @GrainIdExtensionString and serviceid = @ServiceId'),
            ('WriteToStorageKey', 'insert into orleansstorage as s values (@GrainIdHash, @GrainIdN0, @GrainIdN1, @GrainTypeHash, @GrainTypeString, @GrainIdExtensionString, @ServiceId, @PayloadBinary, 1) on conflict (grainidn0, grainidn1, graintypestring, grainidextensionstring, serviceid) do update set payloadbinary = excluded.payloadbinary, version = s.version + 1 where s.version = @GrainStateVersion returning version as "NewGrainStateVersion"'),
            ('ClearStorageKey', 'select 0 as "NewGrainStateVersion"'),
            ('DeleteStorageKey', 'select 0 as "NewGrainStateVersion"');
        """;

    public interface IWriter : IGrainWithIntegerKey
    {
        Task InsertAsync(int number);
    }

    [GenerateSerializer]
    public sealed class Entries
    {
        [Id(0)] public List<int> Numbers { get; set; } = [];
    }

    public sealed class Writer([PersistentState("entries", "shop")] IPersistentState<Entries> entries) : Grain, IWriter
    {
        public Task InsertAsync(int number)
        {
            entries.State.Numbers.Add(number);
            return entries.WriteStateAsync();
        }
    }

    [Theory]
    [MemberData(nameof(Switchover.Ways), MemberType = typeof(Switchover))]
    public async Task Grains_go_on_writing_their_state(string way)
    {
        await using var switchover = await Switchover.PrepareAsync(way);
        await switchover.Primary.ExecuteAsync(Schema);
        await switchover.Primary.ExecuteAsync("""
            create view ledger as select grainidn1::int as writer, jsonb_array_elements_text(convert_from(payloadbinary, 'UTF8')::jsonb->'Numbers'->'$values')::int as number
            from orleansstorage
            """);
        await using var source = WritableDataSource.Create(switchover.ConnectionString);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo.UseLocalhostClustering().AddAdoNetGrainStorage("shop", options =>
        {
            options.Invariant = "Npgsql";
            options.DataSource = source;
        }));
        using var host = builder.Build();
        await host.StartAsync();

        var grains = host.Services.GetRequiredService<IGrainFactory>();
        await switchover.WritesGoOnAsync(output, (writer, number) => grains.GetGrain<IWriter>(writer).InsertAsync(number));
        await host.StopAsync();
    }
}
