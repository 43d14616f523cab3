using System.Diagnostics;
using System.Reflection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ReadOnlyGuard.DocumentationTests;

/// <summary>A web application whose program runs in this process, until it is disposed.</summary>
sealed class PastedSite : IAsyncDisposable, IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    readonly TaskCompletionSource<IHost> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    IDisposable? _hosting;
    Task _run = Task.CompletedTask;

    public HttpClient Client { get; } = new();

    public static async Task<PastedSite> StartAsync(MethodInfo program)
    {
        var site = new PastedSite();
        using (DiagnosticListener.AllListeners.Subscribe(site))
        {
            site._run = Task.Run(() => program.Invoke(null, [new[] { "--urls", "http://127.0.0.1:0", "--Logging:LogLevel:Default", "None" }]));
            await Task.WhenAny(site._built.Task, site._run);
            if (!site._built.Task.IsCompleted)
                await site._run;
        }
        var host = await site._built.Task;
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = host.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStarted.Register(started.SetResult);
        await Task.WhenAny(started.Task, site._run);
        site.Client.BaseAddress = new(host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return site;
    }

    // A host tells when it was built: how else could it be stopped? Its program shows it to nobody.
    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener listener)
    {
        if (listener.Name == "Microsoft.Extensions.Hosting")
            _hosting = listener.Subscribe(this);
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> told)
    {
        if (told is { Key: "HostBuilt", Value: IHost host })
            _built.TrySetResult(host);
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    public async ValueTask DisposeAsync()
    {
        (await _built.Task).Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        await _run;
        _hosting?.Dispose();
        Client.Dispose();
    }
}
