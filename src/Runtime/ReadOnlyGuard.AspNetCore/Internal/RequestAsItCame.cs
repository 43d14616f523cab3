using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>What the context of a request held when it came to the guard, but for its body, its services and its response.</summary>
sealed class RequestAsItCame
{
    readonly HttpContext _context;
    readonly Endpoint? _endpoint;
    readonly RouteValueDictionary _route;
    readonly ClaimsPrincipal _user;
    readonly (string Method, string Scheme, PathString Base, PathString Path, QueryString Query) _target;
    readonly (IPAddress?, int, IPAddress?, int) _ends;
    readonly KeyValuePair<string, StringValues>[] _headers;
    readonly IDictionary<object, object?> _items;
    readonly KeyValuePair<object, object?>[] _entries;
    readonly KeyValuePair<Type, object>[] _features;

    public RequestAsItCame(HttpContext context)
    {
        var (request, connection) = (context.Request, context.Connection);
        _context = context;
        _endpoint = context.GetEndpoint();
        _route = new(request.RouteValues);
        _user = context.User;
        _target = (request.Method, request.Scheme, request.PathBase, request.Path, request.QueryString);
        _ends = (connection.RemoteIpAddress, connection.RemotePort, connection.LocalIpAddress, connection.LocalPort);
        _headers = [.. request.Headers];
        _items = context.Items;
        _entries = [.. _items];
        _features = [.. context.Features];
    }

    public void Restore()
    {
        var (request, connection) = (_context.Request, _context.Connection);
        foreach (var (type, _) in _context.Features.Where(now => !_features.Any(before => before.Key == now.Key)).ToList())
            _context.Features[type] = null;
        foreach (var (type, feature) in _features)
            if (!ReferenceEquals(_context.Features[type], feature))
                _context.Features[type] = feature;

        (request.Method, request.Scheme, request.PathBase, request.Path, request.QueryString) = _target;
        (connection.RemoteIpAddress, connection.RemotePort, connection.LocalIpAddress, connection.LocalPort) = _ends;
        foreach (var name in request.Headers.Keys.Except(_headers.Select(header => header.Key), StringComparer.OrdinalIgnoreCase).ToList())
            request.Headers.Remove(name);
        foreach (var (name, value) in _headers)
            request.Headers[name] = value;

        _context.SetEndpoint(_endpoint);
        request.RouteValues = new(_route);
        _context.User = _user;
        // The same collection, for whoever in front of the guard holds on to it.
        _context.Items = _items;
        _items.Clear();
        foreach (var (key, value) in _entries)
            _items[key] = value;
    }
}
