namespace ReadOnlyGuard.PackageTests;

/// <summary>A program that is published without the code it does not use; the trimmer looks into every assembly and any warning is an error.</summary>
public sealed class PublishedTrimmed(PackedPackage package)
{
    [Fact]
    public async Task Trims_without_a_warning_and_writes()
    {
        var consumer = await Consumer.CreateAsync(package, Programs.Guarded);

        var program = await consumer.PublishAsync("PublishTrimmed=true", "TrimmerSingleWarn=false");

        Assert.Contains(", 1 checked", await DotNet.RunProgramAsync(program, "/", package.Server.ConnectionString(), "trimmed"));
        Assert.Equal(1, await package.EntriesAsync("trimmed"));
    }
}
