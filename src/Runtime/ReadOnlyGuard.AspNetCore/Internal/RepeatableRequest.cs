using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>
/// A request that can begin again as it came to the guard. What stood in front of the guard has not lost anything then, and what the run
/// did to the context is gone. Where that cannot be had, an obstacle says why, and the request is run once.
/// </summary>
sealed class RepeatableRequest
{
    readonly HttpContext _context;
    readonly IServiceScopeFactory _scopes;
    readonly Action<IServiceProvider, IServiceProvider>? _carryOver;
    readonly IServiceProvider? _inFront;
    readonly KeyValuePair<string, StringValues>[] _headers;
    readonly (int, string?) _status;
    readonly bool _hasBody;

    // Of a request that may be run again.
    readonly RequestAsItCame? _asItCame;
    readonly RunResponse? _response;
    readonly ISessionFeature? _sessionFeature;
    readonly RunSession? _session;
    readonly Stream? _body;
    readonly KeptBody? _kept;

    /// <param name="context">Nobody has asked for its services on the guard's behalf yet.</param>
    /// <param name="scopes">Where a run after the first gets its services.</param>
    /// <param name="options">Of the guard.</param>
    /// <param name="hasSessions">Whether the application registers sessions.</param>
    public RepeatableRequest(HttpContext context, IServiceScopeFactory scopes, RequestGuardOptions options, bool hasSessions)
    {
        (_context, _scopes, _carryOver) = (context, scopes, options.CarryOver);
        _headers = [.. context.Response.Headers];
        _status = (context.Response.StatusCode, context.Features.Get<IHttpResponseFeature>()?.ReasonPhrase);
        _hasBody = context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody ?? context.Request.ContentLength > 0;
        // Which endpoint it is may become known only in the course of the request.
        if (options.MaxRuns == 1 || context.GetEndpoint() is not null && !IsIdempotent)
            return;

        // The scope is made when somebody asks for it.
        if (context.Features.Get<IServiceProvidersFeature>() is { } used)
            _inFront = used.RequestServices;
        _sessionFeature = context.Features.Get<ISessionFeature>();
        Obstacle = _inFront is not null && _carryOver is null
            ? "what stands in front of UseReadOnlyGuard uses their service scope (authentication, which WebApplication puts there unless UseAuthentication is called; CORS; a tenant's middleware), and another run would have another one. Call UseReadOnlyGuard before it, or set RequestGuardOptions.CarryOver"
            : hasSessions && _sessionFeature is null
            ? "UseSession stands behind UseReadOnlyGuard, and stores what each run writes. Place UseSession before it"
            : null;
        if (Obstacle is not null)
            return;

        _asItCame = new(context);
        context.Features.Set<IHttpResponseFeature>(_response = new(context.Features.GetRequiredFeature<IHttpResponseFeature>()));
        if (_sessionFeature is { Session: { } session })
        {
            _session = new(session);
            context.Features.Set<ISessionFeature>(new SessionOfRuns(_session));
            // Registered as the first, so called as the last.
            _response.OnStarting(ApplySession, _session);
        }
        if (_hasBody && IsIdempotent && !(context.Request.ContentLength > options.MaxKeptBody))
        {
            _kept = new(_body = context.Request.Body, options.MaxKeptBody);
            context.Request.Body = _kept.ForRun();
        }
    }

    /// <summary>
    /// Why the request is run once although it may be idempotent; <see langword="null"/> where nothing stands in the way.
    /// </summary>
    public string? Obstacle { get; }

    public bool IsIdempotent => Idempotency.Of(_context, _context.GetEndpoint());

    /// <summary>Whether it is idempotent and everything that was there before the run can be had again.</summary>
    public bool CanRunAgain => IsIdempotent && _asItCame is not null && (!_hasBody || _kept is { CanBeReadAgain: true }) && _session is not { WasStored: true };

    public async ValueTask BeginAgainAsync()
    {
        ForgetResponse();
        var ofRun = _context.Features.Get<IServiceProvidersFeature>();
        _asItCame!.Restore();
        _context.Features.Set<IHttpResponseFeature>(_response);
        if (_session is not null)
        {
            _context.Features.Set<ISessionFeature>(new SessionOfRuns(_session));
            _response!.OnStarting(ApplySession, _session);
        }
        if (_kept is not null)
            _context.Request.Body = _kept.ForRun();

        // What the run left in its scope, such as a DbContext with half-saved entities, is not for the next one; nor are the connections
        // that it holds.
        if (ofRun is IAsyncDisposable disposable && !ReferenceEquals(ofRun.RequestServices, _inFront))
            await disposable.DisposeAsync().ConfigureAwait(false);
        var next = new RequestServicesFeature(_context, _scopes);
        _context.Features.Set<IServiceProvidersFeature>(next);
        if (_inFront is not null)
            _carryOver!(_inFront, next.RequestServices);
    }

    /// <summary>Takes back what the run has prepared of the response and the session, and leaves what others had before it.</summary>
    public void ForgetResponse()
    {
        _response?.Forget();
        _session?.Forget();
        var response = _context.Response;
        response.Clear();
        foreach (var (name, value) in _headers)
            response.Headers[name] = value;
        (response.StatusCode, _context.Features.GetRequiredFeature<IHttpResponseFeature>().ReasonPhrase) = _status;
    }

    /// <summary>What stands in front of the guard finds the context as it gave it.</summary>
    public void End()
    {
        if (_asItCame is null)
            return;
        _session?.Apply();
        if (_session is not null)
            _context.Features.Set(_sessionFeature);
        if (_body is not null)
            _context.Request.Body = _body;
    }

    static Task ApplySession(object session)
    {
        ((RunSession)session).Apply();
        return Task.CompletedTask;
    }

    sealed class SessionOfRuns(ISession session) : ISessionFeature
    {
        public ISession Session { get; set; } = session;
    }
}
