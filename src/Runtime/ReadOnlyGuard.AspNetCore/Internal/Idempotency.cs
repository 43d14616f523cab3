using Microsoft.AspNetCore.Http;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>Whether a request may be run more than once, here or by its client.</summary>
static class Idempotency
{
    /// <summary>The endpoint says it, or else the method.</summary>
    public static bool Of(HttpContext context, Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<IdempotentAttribute>()?.IsIdempotent
        ?? (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method));
}
