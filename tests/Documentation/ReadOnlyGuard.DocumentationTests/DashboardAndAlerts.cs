using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.DocumentationTests;

/// <summary>
/// The dashboard and the alert rules of docs/grafana name what OpenTelemetry's Prometheus exporter writes for a process that uses the guard, and
/// the dashboard leaves no instrument out.
/// </summary>
public sealed partial class DashboardAndAlerts : IAsyncLifetime
{
    static readonly string Folder = Path.Combine(Pages.Repository, "docs", "grafana");

    readonly List<Instrument> _instruments = [];
    string _exported = null!;

    /// <summary>Every instrument is made to report: what a rent leaves out gets a measurement of the test's.</summary>
    public async ValueTask InitializeAsync()
    {
        using var listener = new MeterListener { InstrumentPublished = Publish };
        listener.Start();
        await using var server = await PostgresServer.StartNewAsync();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddOpenTelemetry().WithMetrics(metrics => metrics.AddReadOnlyGuardInstrumentation().AddPrometheusExporter(exporter => exporter.ScrapeResponseCacheDurationMilliseconds = 0));
        await using var site = builder.Build();
        site.MapPrometheusScrapingEndpoint();
        await site.StartAsync();

        await using var source = WritableDataSource.Create(server.ConnectionString());
        await using (await source.OpenConnectionAsync())
        {
        }
        foreach (var instrument in _instruments)
            Measure(instrument);
        using var client = new HttpClient { BaseAddress = new(site.Urls.Single()) };
        _exported = await client.GetStringAsync("/metrics");
    }

    public ValueTask DisposeAsync() => default;

    [Theory]
    [InlineData("readonlyguard.json")]
    [InlineData("alerts.yml")]
    public void Name_metrics_and_labels_that_are_exported(string file)
    {
        var text = File.ReadAllText(Path.Combine(Folder, file));
        var labels = Label().Matches(_exported).Select(label => label.Groups["name"].Value).Append("job").ToHashSet();

        Assert.Empty(Metric().Matches(text).Select(metric => metric.Value).Distinct().Except(ExportedNames()));
        Assert.Empty(GroupedBy().Matches(text).SelectMany(by => by.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries)).Distinct().Except(labels));
        Assert.Empty(Matched().Matches(text).Select(matched => matched.Groups["label"].Value).Distinct().Except(labels));
    }

    [Fact]
    public void The_dashboard_has_every_instrument()
    {
        var shown = Metric().Matches(File.ReadAllText(Path.Combine(Folder, "readonlyguard.json"))).Select(metric => metric.Value).ToHashSet();

        Assert.NotEmpty(_instruments);
        Assert.DoesNotContain(_instruments.Select(instrument => instrument.Name.Replace('.', '_')), name => !shown.Any(metric => metric.StartsWith(name, StringComparison.Ordinal)));
    }

    [Fact]
    public void The_dashboard_has_what_Grafana_reads()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "readonlyguard.json")));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().ToArray();

        Assert.True(dashboard.RootElement.GetProperty("schemaVersion").GetInt32() >= 36);
        Assert.Equal(panels.Length, panels.Select(panel => panel.GetProperty("id").GetInt32()).Distinct().Count());
        Assert.All(panels, panel =>
        {
            var place = panel.GetProperty("gridPos");
            Assert.InRange(place.GetProperty("x").GetInt32() + place.GetProperty("w").GetInt32(), 1, 24);
            Assert.Equal("prometheus", panel.GetProperty("datasource").GetProperty("type").GetString());
            Assert.NotEmpty(panel.GetProperty("description").GetString()!);
            Assert.All(panel.GetProperty("targets").EnumerateArray(), target => Assert.NotEmpty(target.GetProperty("expr").GetString()!));
        });
    }

    // build/promtool installs it, which is more than everybody's build/test should download.
    [Fact, Trait("Heavy", "yes")]
    public async Task Promtool_reads_the_alert_rules()
    {
        using var check = Process.Start(new ProcessStartInfo("promtool", ["check", "rules", Path.Combine(Folder, "alerts.yml")]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var printed = await check.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await check.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await check.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(check.ExitCode == 0, printed);
    }

    void Publish(Instrument instrument, MeterListener _)
    {
        if (instrument.Meter.Name == "ReadOnlyGuard")
            _instruments.Add(instrument);
    }

    static void Measure(Instrument instrument)
    {
        switch (instrument)
        {
            case Counter<long> counter:
                counter.Add(1);
                break;
            case UpDownCounter<long> counter:
                counter.Add(0);
                break;
            case Histogram<double> histogram:
                histogram.Record(1);
                break;
        }
    }

    HashSet<string> ExportedNames() => [.. _exported.Split('\n').Where(line => line.StartsWith("readonlyguard_", StringComparison.Ordinal)).Select(line => line.Split('{', ' ')[0])];

    [GeneratedRegex(@"\breadonlyguard_\w+")]
    private static partial Regex Metric();

    [GeneratedRegex(@"[{,](?<name>\w+)=""")]
    private static partial Regex Label();

    [GeneratedRegex(@"\bby \((?<labels>[^)]*)\)")]
    private static partial Regex GroupedBy();

    [GeneratedRegex(@"[{,](?<label>\w+)=~?\\?""")]
    private static partial Regex Matched();
}
