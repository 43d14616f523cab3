using ReadOnlyGuard.Internal.Checks;

namespace ReadOnlyGuard.Tests.Model;

/// <summary>A server as it really is, whatever anybody believes.</summary>
sealed class Host
{
    public const long Cluster = 7_000_000_000_000_000_001;

    public long SystemIdentifier { get; set; } = Cluster;
    public bool IsStandby { get; set; }
    public bool IsReadOnly { get; set; }
    public uint Timeline { get; set; } = 1;
    public bool IsDown { get; private set; }

    /// <summary>Rises with each end of all its sessions.</summary>
    public int Crashes { get; private set; }

    public CheckRow Row => new(IsStandby, IsStandby || IsReadOnly, SystemIdentifier, IsStandby ? null : Timeline);

    public void Crash() => (IsDown, Crashes) = (true, Crashes + 1);

    public void Start() => IsDown = false;
}
