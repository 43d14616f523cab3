using System.Diagnostics.Metrics;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using ReadOnlyGuard.Internal.Signals;

namespace ReadOnlyGuard.FailoverTests;

/// <summary>docs/signals.md lists every log event and every instrument, and none that is not there.</summary>
public sealed partial class SignalsAreDocumented
{
    static readonly string Page = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "docs", "signals.md"));

    [Fact]
    public void Each_log_event_is_on_the_page_with_its_level()
        => Assert.Equal(
            new[] { typeof(WritableDataSource), typeof(IdempotentAttribute) }.SelectMany(type => type.Assembly.GetTypes())
                .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public))
                .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
                .OfType<LoggerMessageAttribute>().Select(message => $"{message.EventId} {message.Level}").Order(),
            Events().Matches(Page).Select(row => $"{row.Groups["id"].Value} {row.Groups["level"].Value}").Order());

    [Fact]
    public void Each_instrument_is_on_the_page()
    {
        var instruments = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Name == "ReadOnlyGuard")
                    instruments.Add(instrument.Name);
            },
        };
        RuntimeHelpers.RunClassConstructor(typeof(Telemetry).TypeHandle);
        listener.Start();
        Assert.Equal(instruments.Order(), Instruments().Matches(Page).Select(row => row.Groups["name"].Value).Order());
    }

    [GeneratedRegex(@"^\| (?<id>\d+) \| (?<level>\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Events();

    [GeneratedRegex(@"^\| `(?<name>readonlyguard\.[\w.]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Instruments();
}
