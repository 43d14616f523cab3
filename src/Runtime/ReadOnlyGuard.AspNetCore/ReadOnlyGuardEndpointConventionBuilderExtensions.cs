using ReadOnlyGuard;

namespace Microsoft.AspNetCore.Builder;

/// <summary>What <c>UseReadOnlyGuard</c> may do with an endpoint.</summary>
public static class ReadOnlyGuardEndpointConventionBuilderExtensions
{
    /// <summary>
    /// Says that a request to this endpoint can be run again, or, for a GET, that it cannot. As <see cref="IdempotentAttribute"/>.
    /// </summary>
    /// <param name="builder">The endpoint, or a group of them.</param>
    /// <param name="isIdempotent">Whether it can.</param>
    public static TBuilder Idempotent<TBuilder>(this TBuilder builder, bool isIdempotent = true) where TBuilder : IEndpointConventionBuilder
        => builder.WithMetadata(new IdempotentAttribute(isIdempotent));
}
