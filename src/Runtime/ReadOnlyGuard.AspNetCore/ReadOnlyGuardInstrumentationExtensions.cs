using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OpenTelemetry;

/// <summary>Adds what ReadOnlyGuard measures and traces.</summary>
public static class ReadOnlyGuardInstrumentationExtensions
{
    const string Name = "ReadOnlyGuard";

    /// <summary>Adds the meter <c>ReadOnlyGuard</c>: checks, searches, pool clears, waiting rents.</summary>
    public static MeterProviderBuilder AddReadOnlyGuardInstrumentation(this MeterProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddMeter(Name);
    }

    /// <summary>Adds the traces: one span for each search for the primary, and one, linked to it, for each rent that waited.</summary>
    public static TracerProviderBuilder AddReadOnlyGuardInstrumentation(this TracerProviderBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.AddSource(Name);
    }
}
