namespace ReadOnlyGuard.Demo;

/// <summary>How one application came through one scenario.</summary>
sealed record Result(string Scenario, string Site, Outage Outage, IReadOnlyList<double> Acknowledged, IReadOnlyList<double> Failed, int Lost, double End)
{
    /// <summary>From the moment a writable server could be reached, in milliseconds; null if there was none.</summary>
    public double? FirstSuccess => After(Acknowledged.Order());

    /// <summary>From the same moment; null if none failed after it.</summary>
    public double? LastError => After(Failed.OrderDescending());

    /// <summary>In milliseconds from the same moment.</summary>
    public double Watched => End - Outage.Writable;

    /// <summary>Whether it failed to its end: an error within the last quarter second.</summary>
    public bool StillFailed => Failed.Any(at => at > End - 250);

    public bool Recovered => FirstSuccess is not null && !StillFailed;

    /// <summary>Whether it recovered, and lost nothing that it could keep.</summary>
    public bool CameThrough => Recovered && (Lost == 0 || Outage.MayLose);

    double? After(IEnumerable<double> times)
    {
        foreach (var at in times)
        {
            if (at >= Outage.Writable)
                return at - Outage.Writable;
        }

        return null;
    }
}
