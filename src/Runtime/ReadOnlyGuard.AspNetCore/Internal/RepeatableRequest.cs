using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>A request as it came, so that it can begin again: its body, its route, its user, and the response as others had prepared it.</summary>
sealed class RepeatableRequest
{
    readonly HttpContext _context;
    readonly IServiceScopeFactory _scopes;
    readonly bool _hasBody;
    readonly Endpoint? _endpoint;
    readonly RouteValueDictionary _route;
    readonly System.Security.Claims.ClaimsPrincipal _user;
    readonly KeyValuePair<object, object?>[] _items;
    readonly KeyValuePair<string, StringValues>[] _headers;
    readonly int _status;

    public RepeatableRequest(HttpContext context, IServiceScopeFactory scopes, long maxKeptBody)
    {
        (_context, _scopes) = (context, scopes);
        _endpoint = context.GetEndpoint();
        _route = new(context.Request.RouteValues);
        _user = context.User;
        _items = [.. context.Items];
        _headers = [.. context.Response.Headers];
        _status = context.Response.StatusCode;
        _hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? context.Request.ContentLength > 0;
        if (_hasBody && IsIdempotent && context.Request.ContentLength <= maxKeptBody)
            context.Request.EnableBuffering();
    }

    /// <summary>Whether the endpoint, which may become known only in the course of the request, or else the method says that it is.</summary>
    public bool IsIdempotent => _context.GetEndpoint()?.Metadata.GetMetadata<IdempotentAttribute>()?.IsIdempotent
        ?? (HttpMethods.IsGet(_context.Request.Method) || HttpMethods.IsHead(_context.Request.Method));

    /// <summary>Whether it is idempotent and its body can be read again.</summary>
    public bool CanRunAgain => IsIdempotent && (!_hasBody || _context.Request.Body.CanSeek);

    public void BeginAgain()
    {
        ForgetResponse();
        if (_hasBody)
            _context.Request.Body.Position = 0;
        _context.SetEndpoint(_endpoint);
        _context.Request.RouteValues = new(_route);
        _context.User = _user;
        _context.Items = new Dictionary<object, object?>(_items);
        // What the first run left in its scope, such as a DbContext with half-saved entities, is not for the next one. Disposed with the request.
        _context.Features.Set<IServiceProvidersFeature>(new RequestServicesFeature(_context, _scopes));
    }

    /// <summary>Takes back what the run has prepared of the response, and leaves what others had before it.</summary>
    public void ForgetResponse()
    {
        _context.Response.Clear();
        _context.Response.StatusCode = _status;
        foreach (var (name, value) in _headers)
            _context.Response.Headers[name] = value;
    }
}
