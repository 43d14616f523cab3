namespace ReadOnlyGuard.Internal.Doors;

/// <summary>A waiting room, as the doorkeeper and its guests see it.</summary>
interface IRoom
{
    /// <summary>Whether clients refuse every answer that is not encrypted.</summary>
    bool HasToEncrypt { get; }

    /// <summary>How long a guest is kept; zero sends it on as it comes.</summary>
    TimeSpan Patience { get; }

    /// <summary>How many guests are in it now.</summary>
    int Guests { get; }

    /// <summary>How often it has sent everybody on.</summary>
    int Round { get; }

    /// <summary>The doorkeeper let somebody in.</summary>
    /// <returns>What to answer at once; <see langword="null"/> for whoever waits.</returns>
    byte[]? Came();

    /// <summary>Somebody is gone.</summary>
    void Went();

    /// <summary>What a guest is told whose time is over.</summary>
    byte[] Explain(TimeSpan waited);
}
