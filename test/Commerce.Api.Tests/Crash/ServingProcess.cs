using System.Collections.Concurrent;
using System.Diagnostics;
using Commerce.Api.Composition;
using Commerce.Commands.Embedded;

namespace Commerce.Api.Tests.Crash;

/// <summary>The executable, serving as a process of its own, which can be killed and started again as it was.</summary>
sealed class ServingProcess(IReadOnlyList<string> arguments) : IAsyncDisposable
{
    /// <summary>Lines of its output that are kept: they say why it failed.</summary>
    const int LastWordsMax = 60;

    /// <summary>A first start makes a database cluster; on a busy machine that takes a while.</summary>
    static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(60);

    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    readonly ConcurrentQueue<string> _lastWords = [];
    TaskCompletionSource _serving = NewPromise();
    Process? _process;

    /// <summary>Where it serves, before a kill and after.</summary>
    public Uri Address { get; } = new($"http://127.0.0.1:{FreePort.Find()}");

    /// <summary>Ends when it serves; after a kill, when it serves again.</summary>
    public Task Serving => Volatile.Read(ref _serving).Task;

    /// <summary>What it last said.</summary>
    public string LastWords => string.Join('\n', _lastWords);

    /// <summary>Starts it; returns when it is ready.</summary>
    public async Task Start(CancellationToken cancellationToken)
    {
        try
        {
            _process?.Dispose();
            _process = Process.Start(Description()) ?? throw new InvalidOperationException("The process did not start.");
            _process.OutputDataReceived += (_, line) => Note(line.Data);
            _process.ErrorDataReceived += (_, line) => Note(line.Data);
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            await UntilReady(_process, cancellationToken);
            _serving.TrySetResult();
        }
        catch (Exception e)
        {
            _serving.TrySetException(e);
            throw;
        }
    }

    /// <summary>SIGKILL. Whoever looks at <see cref="Serving"/> from now on waits for the next start.</summary>
    public void Kill()
    {
        Volatile.Write(ref _serving, NewPromise());
        _process?.Kill();
    }

    /// <summary>Returns when the killed process is gone.</summary>
    public Task Gone(CancellationToken cancellationToken) => _process?.WaitForExitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Whoever still waits for the next start waits in vain.
        _serving.TrySetException(new ObjectDisposedException(nameof(ServingProcess)));
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process?.Dispose();
    }

    static TaskCompletionSource NewPromise() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    ProcessStartInfo Description()
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(CommerceProcess).Assembly.Location, "serve", "--urls", Address.GetLeftPart(UriPartial.Authority), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Only what the test says is configured, whatever the machine's environment says.
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("Commerce__", StringComparison.OrdinalIgnoreCase) || n.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["Commerce__Payments__Sandbox"] = "true";
        return start;
    }

    async Task UntilReady(Process process, CancellationToken cancellationToken)
    {
        using var http = new HttpClient { BaseAddress = Address };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(StartTimeMax);
        while (!await IsReady(http, limit.Token))
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"It ended with {process.ExitCode} before it served:\n{LastWords}");
            }

            await Task.Delay(PollInterval, limit.Token);
        }
    }

    static async Task<bool> IsReady(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync("/health/ready", cancellationToken);
            return response.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    void Note(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lastWords.Enqueue(line);
        while (_lastWords.Count > LastWordsMax && _lastWords.TryDequeue(out _))
        {
        }
    }
}
