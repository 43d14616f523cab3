using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace ReadOnlyGuard.AspNetCore;

/// <summary>
/// The response as a run sees it. What a run wants done before the answer starts is kept back until it does, and forgotten with the run.
/// What it wants done after the answer, disposal above all, is.
/// </summary>
sealed class RunResponse : IHttpResponseFeature
{
    readonly IHttpResponseFeature _response;
    readonly Stack<(Func<object, Task> Callback, object State)> _starting = new();

    public RunResponse(IHttpResponseFeature response)
    {
        _response = response;
        response.OnStarting(static state => ((RunResponse)state).StartAsync(), this);
    }

    public int StatusCode { get => _response.StatusCode; set => _response.StatusCode = value; }

    public string? ReasonPhrase { get => _response.ReasonPhrase; set => _response.ReasonPhrase = value; }

    public IHeaderDictionary Headers { get => _response.Headers; set => _response.Headers = value; }

#pragma warning disable CS0618 // Obsolete, and a member still.
    public Stream Body { get => _response.Body; set => _response.Body = value; }
#pragma warning restore CS0618

    public bool HasStarted => _response.HasStarted;

    public void OnStarting(Func<object, Task> callback, object state)
    {
        if (HasStarted)
            _response.OnStarting(callback, state);
        else
            _starting.Push((callback, state));
    }

    public void OnCompleted(Func<object, Task> callback, object state) => _response.OnCompleted(callback, state);

    public void Forget() => _starting.Clear();

    async Task StartAsync()
    {
        while (_starting.TryPop(out var next))
            await next.Callback(next.State).ConfigureAwait(false);
    }
}
