using System.Reflection;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.DocumentationTests;

/// <summary>The blocks that show a main path are pasted, run against a primary and its standby, and again after a switchover.</summary>
public sealed class MainPaths : IAsyncLifetime
{
    ReplicatedPair _pair = null!;

    public static TheoryData<string> Blocks
        => [.. Pages.Names.SelectMany(Pages.BlocksOf).Where(block => block.Comments.Contains("run")).Select(block => block.ToString())];

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        await _pair.Primary.ExecuteAsync("create table orders (id bigint generated always as identity)");
        await _pair.Primary.ExecuteAsync("create table orders_by_key (key uuid primary key)");
        await _pair.Primary.ExecuteAsync("""create table "Orders" ("Id" uuid primary key, "Key" text)""");
        await _pair.CatchUpAsync();
    }

    public ValueTask DisposeAsync() => _pair.DisposeAsync();

    [Theory]
    [MemberData(nameof(Blocks))]
    public async Task Write_before_and_after_a_switchover(string name)
    {
        var page = Pages.BlocksOf(name.Split(':')[0]);
        var block = page.Single(block => block.ToString() == name);
        var program = Program(Paste.Program(page, block), block.Sdk);
        await using var pasted = block.Sdk == "web" ? await PastedSite.StartAsync(program) : null;

        await WritesAsync(block.Page, program, pasted);
        await _pair.CatchUpAsync();
        await _pair.FailOverAsync();
        await WritesAsync(block.Page, program, pasted);
    }

    async Task WritesAsync(string page, MethodInfo program, PastedSite? site)
    {
        var before = await RowsAsync();
        if (site is null)
        {
            await Task.Run(() => program.Invoke(null, [Array.Empty<string>()]), TestContext.Current.CancellationToken);
            Assert.True(await RowsAsync() > before);
            return;
        }

        switch (page)
        {
            case "README.md":
                (await site.Client.PutAsync($"/orders/{Guid.NewGuid()}", null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
                Assert.Equal("Healthy", await site.Client.GetStringAsync("/health", TestContext.Current.CancellationToken));
                Assert.Equal(before + 1, await RowsAsync());
                break;
            case "docs/aspnetcore.md":
                Assert.Equal("Healthy", await site.Client.GetStringAsync("/ready", TestContext.Current.CancellationToken));
                break;
            case "docs/entity-framework.md":
                (await site.Client.PostAsync("/orders", null, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
                Assert.Equal(before + 1, await RowsAsync());
                break;
            default:
                Assert.Fail($"What is to be asked of the site of {page}?");
                break;
        }
    }

    Task<long> RowsAsync()
        => _pair.Primary.QueryAsync<long>("""select (select count(*) from orders) + (select count(*) from orders_by_key) + (select count(*) from "Orders")""");

    MethodInfo Program(string text, string sdk)
    {
        const string Placeholder = "\"Host=db1,db2;Database=shop;Username=app\"";
        Assert.Contains(Placeholder, text, StringComparison.Ordinal);
        var connectionString = $"\"Host=127.0.0.1:{_pair.Primary.Port},127.0.0.1:{_pair.Standby.Port};Username=postgres;Database=postgres\"";
        using var image = new MemoryStream();
        var emitted = Paste.Compile(text.Replace(Placeholder, connectionString, StringComparison.Ordinal), sdk).Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));
        return Assembly.Load(image.ToArray()).EntryPoint!;
    }
}
