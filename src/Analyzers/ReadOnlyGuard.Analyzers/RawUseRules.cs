using System.Collections.Immutable;

namespace ReadOnlyGuard.Analyzers;

/// <summary>What an exemption can be for.</summary>
static class RawUseRules
{
    public static readonly ImmutableArray<RawUseRule> All = ImmutableArray.Create<RawUseRule>(
        new ConnectionIsNotCreatedRaw(),
        new DataSourceIsNotRaw(),
        new ConnectionDoesNotEscape(),
        new RegistrationIsNotRaw(),
        new ConnectionIsNotCreatedIndirectly(),
        new DbContextUsesTheGuard(),
        new RentedConnectionIsNotKept(),
        new ReplicationIsNotGuarded(),
        new ConnectionStringIsNotHandedOver());
}
