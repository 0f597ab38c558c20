using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using Commerce.Api.Composition;
using Commerce.Commands.Access;
using Commerce.Commands.Embedded;

namespace Commerce.Faults.Site;

/// <summary>The executable as a process of its own, which can be killed, stopped for a while and started again as it was.</summary>
sealed class ServingProcess : IAsyncDisposable
{
    /// <summary>Lines of its output that are kept: they say why it failed.</summary>
    const int LastWordsMax = 60;

    /// <summary>A first start makes a database cluster; on a busy machine that takes a while.</summary>
    static readonly TimeSpan StartTimeMax = TimeSpan.FromMinutes(3);

    static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(50);

    static readonly ApiKey Key = ApiKey.New();

    readonly ConcurrentQueue<string> _lastWords = [];
    readonly IReadOnlyList<string> _words;
    readonly IReadOnlyDictionary<string, string> _environment;
    readonly string _readyPath;
    TaskCompletionSource _serving = NewPromise();
    Process? _process;
    bool _isKilled;

    ServingProcess(string name, Uri address, string readyPath, IReadOnlyList<string> words, IReadOnlyDictionary<string, string> environment) =>
        (Name, Address, _readyPath, _words, _environment) = (name, address, readyPath, words, environment);

    /// <summary>An operator's key that every process takes from its first start on: of this run, and known to nobody else.</summary>
    public static AuthenticationHeaderValue Credentials { get; } = new("Bearer", Key.Text);

    /// <summary>What it is called in reports.</summary>
    public string Name { get; }

    /// <summary>Where it serves, before a kill and after.</summary>
    public Uri Address { get; }

    /// <summary>Id of the process.</summary>
    public int Id => _process?.Id ?? throw new InvalidOperationException("It is not started.");

    /// <summary>Takes each line of its output; null: nobody does.</summary>
    public TextWriter? Output { get; init; }

    /// <summary>Ends when it serves; after a kill, when it serves again.</summary>
    public Task Serving => Volatile.Read(ref _serving).Task;

    /// <summary>What it last said.</summary>
    public string LastWords => string.Join('\n', _lastWords);

    /// <summary>How it ended although nobody killed it; null: it did not.</summary>
    public int? EndedByItself => _process is { HasExited: true } ended && !_isKilled ? ended.ExitCode : null;

    /// <summary>The verb <c>serve</c>. Where nobody runs projections it is never ready, but live.</summary>
    public static ServingProcess Serve(
        string name, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, TextWriter? output = null, string readyPath = "health/ready")
    {
        // Nobody calls it by gRPC who does not say where: the port beside a free one may be taken.
        var (address, settings) = (FreeAddress(), new Dictionary<string, string> { ["Commerce__GrpcUrls"] = "none" });
        foreach (var (key, value) in environment)
        {
            settings[key] = value;
        }

        return new(name, address, readyPath, ["serve", "--urls", address.GetLeftPart(UriPartial.Authority), .. arguments], settings) { Output = output };
    }

    /// <summary>The verb <c>sandbox</c>.</summary>
    public static ServingProcess Sandbox(string name, string books, TextWriter? output = null)
    {
        var address = FreeAddress();
        return new(name, address, "v1/behaviour", ["sandbox", "--port", $"{address.Port}", "--books", books], new Dictionary<string, string>()) { Output = output };
    }

    /// <summary>Starts it; returns when it is ready.</summary>
    public async Task Start(CancellationToken cancellationToken)
    {
        try
        {
            _process?.Dispose();
            _process = Process.Start(Description()) ?? throw new InvalidOperationException("The process did not start.");
            _isKilled = false;
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
        _isKilled = true;
        _process?.Kill();
    }

    /// <summary>Returns when the killed process is gone.</summary>
    public Task Gone(CancellationToken cancellationToken) => _process?.WaitForExitAsync(cancellationToken) ?? Task.CompletedTask;

    /// <summary>SIGSTOP: it hangs, and its connections stay open.</summary>
    public Task Freeze(CancellationToken cancellationToken) => Signal("-STOP", cancellationToken);

    /// <summary>SIGCONT: it goes on and knows of nothing.</summary>
    public Task Thaw(CancellationToken cancellationToken) => Signal("-CONT", cancellationToken);

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

    static Uri FreeAddress() => new($"http://127.0.0.1:{FreePort.Find()}");

    static TaskCompletionSource NewPromise() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    async Task Signal(string signal, CancellationToken cancellationToken)
    {
        if (_process is { HasExited: false } running)
        {
            await LocalCommand.Run(["kill", signal, $"{running.Id}"], "/", cancellationToken);
        }
    }

    ProcessStartInfo Description()
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(CommerceProcess).Assembly.Location, .. _words])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Only what is said here is configured, whatever the machine's environment says.
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("Commerce__", StringComparison.OrdinalIgnoreCase) || n.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment[AccessSettings.OperatorKeyKey.Replace(":", "__", StringComparison.Ordinal)] = Key.Text;
        foreach (var (name, value) in _environment)
        {
            start.Environment[name] = value;
        }

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
                throw new InvalidOperationException($"{Name} ended with {process.ExitCode} before it served:\n{LastWords}");
            }

            await Task.Delay(PollInterval, limit.Token);
        }
    }

    async Task<bool> IsReady(HttpClient http, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.GetAsync(_readyPath, cancellationToken);
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

        Output?.WriteLine(line);
        _lastWords.Enqueue(line);
        while (_lastWords.Count > LastWordsMax && _lastWords.TryDequeue(out _))
        {
        }
    }
}
