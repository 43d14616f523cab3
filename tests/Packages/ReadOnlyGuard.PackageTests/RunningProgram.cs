using System.Collections.Concurrent;
using CliWrap;
using ReadOnlyGuard.Servers;

namespace ReadOnlyGuard.PackageTests;

/// <summary>A program that runs until it ends, or is ended by disposing.</summary>
sealed class RunningProgram : IAsyncDisposable
{
    readonly ConcurrentQueue<string> _lines = [];
    readonly CancellationTokenSource _stop = new();
    CommandTask<CommandResult> _run = null!;

    /// <summary>Starts what was built in a folder.</summary>
    public static Task<RunningProgram> StartAsync(string folder, string name, params string[] arguments)
        => StartProgramAsync("dotnet", folder, [Path.Combine(folder, "bin", "Debug", "net10.0", name + ".dll"), .. arguments]);

    public static Task<RunningProgram> StartProgramAsync(string program, string folder, params string[] arguments)
    {
        var running = new RunningProgram();
        running._run = Cli.Wrap(program).WithArguments(arguments).WithWorkingDirectory(folder).WithEnvironmentVariables(DotNet.Variables)
            .WithValidation(CommandResultValidation.None)
            .WithStandardOutputPipe(PipeTarget.ToDelegate(running._lines.Enqueue)).WithStandardErrorPipe(PipeTarget.ToDelegate(running._lines.Enqueue))
            .ExecuteAsync(running._stop.Token);
        return Task.FromResult(running);
    }

    public bool HasPrinted(string text) => _lines.Any(line => line.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits for a line, and returns it.</summary>
    public async Task<string> PrintsAsync(string text)
    {
        try
        {
            await Eventually.HoldsAsync(() => HasPrinted(text) || _run.Task.IsCompleted, $"'{text}' to be printed", TimeSpan.FromSeconds(60));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message} It printed:\n{string.Join('\n', _lines)}", e);
        }
        return _lines.FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal))
            ?? throw new InvalidOperationException($"It ended without '{text}':\n{string.Join('\n', _lines)}");
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Record.ExceptionAsync(() => _run.Task);
        _stop.Dispose();
    }
}
