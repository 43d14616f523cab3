using ReadOnlyGuard.Servers;
using Shop;

namespace ReadOnlyGuard.WebTests;

/// <summary>The page of the sample application, in a browser, while the servers behind it fail over.</summary>
public sealed class LivePage : IAsyncLifetime
{
    static readonly string[] Ways = ["transaction", "context", "connection", "library"];

    ReplicatedPair _pair = null!;

    public async ValueTask InitializeAsync()
    {
        _pair = await ReplicatedPair.StartAsync();
        await _pair.Primary.ExecuteAsync(ShopContext.CreateTable);
        await _pair.CatchUpAsync();
    }

    public async ValueTask DisposeAsync() => await _pair.DisposeAsync();

    string Hosts => $"Host=127.0.0.1:{_pair.Primary.Port},127.0.0.1:{_pair.Standby.Port};Username=postgres;Database=postgres";

    async Task FailOverAsync()
    {
        await _pair.FailOverAsync();
        await _pair.RejoinAsync();
    }

    static Task OrdersFlowAsync(Browser browser)
    {
        var before = Ways.ToDictionary(way => way, way => browser.Count($"#way-{way} .done"));
        return browser.HoldsAsync(() => Ways.All(way => browser.Count($"#way-{way} .done") >= before[way] + 100), "orders to flow in every way");
    }

    [Fact]
    public async Task Shows_orders_that_flow_through_a_failover()
    {
        await using var shop = ShopApplication.Create(Hosts, "http://127.0.0.1:0", FailOverAsync);
        await shop.StartAsync();
        using var browser = new Browser(1280, 900);
        browser.Open(shop.Urls.Single());
        await OrdersFlowAsync(browser);
        Assert.Equal("Healthy", browser.Text("#health"));
        var (old, next) = ($"127.0.0.1:{_pair.Primary.Port}", $"127.0.0.1:{_pair.Standby.Port}");
        Assert.Equal(old, browser.Text("#primary"));

        browser.Click("#failover");
        await browser.HoldsAsync(() => browser.Text("#primary") == next, "the new primary to be shown");
        await browser.HoldsAsync(() => browser.Text("#failover") == "Fail over", "the failover to end");
        await OrdersFlowAsync(browser);

        Assert.Equal("Healthy", browser.Text("#health"));
        Assert.Equal(0, browser.Count("#missing"));
        Assert.Equal(0, browser.Count("#way-connection .failed"));
        Assert.All(Ways, way => Assert.True(IsDrawn(browser, way), way));
        Assert.Empty(browser.Errors());
        if (Environment.GetEnvironmentVariable("READONLYGUARD_SCREENSHOT") is { Length: > 0 } file)
            browser.SaveScreenshot(file);

        await shop.StopAsync();
        Assert.Equal(0, await _pair.Primary.QueryAsync<long>("select count(*) from (select from orders group by key having count(*) > 1) twice"));
    }

    [Fact]
    public async Task Has_no_button_where_nobody_can_fail_over_and_fits_a_telephone()
    {
        await using var shop = ShopApplication.Create(Hosts, "http://127.0.0.1:0");
        await shop.StartAsync();
        // The narrowest window that headless Chromium makes.
        using var browser = new Browser(500, 800);
        browser.Open(shop.Urls.Single());
        await OrdersFlowAsync(browser);
        Assert.True(browser.Script<bool>("return document.getElementById('failover').hidden"));
        Assert.True(browser.Script<bool>("return document.documentElement.scrollWidth <= window.innerWidth"));
        using var http = new HttpClient();
        Assert.Equal(System.Net.HttpStatusCode.NotFound, (await http.PostAsync(shop.Urls.Single() + "/failover", null)).StatusCode);
        await shop.StopAsync();
    }

    // Something of it has the colour that stands for done.
    static bool IsDrawn(Browser browser, string way) => browser.Script<bool>($$"""
        const canvas = document.querySelector('#way-{{way}} canvas');
        return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some(byte => byte > 0);
        """);
}
