using System.Diagnostics;

namespace Commerce.Benchmarks;

/// <summary>
/// This program as another process, with a verb of its own: a server that is measured and the generator of its load share neither a
/// runtime nor a heap. It ends when its input does, so nothing outlives whoever started it.
/// </summary>
sealed class OwnProcess : IAsyncDisposable
{
    readonly Process _process;

    OwnProcess(Process process) => _process = process;

    /// <summary>Id of the process.</summary>
    public int Id => _process.Id;

    /// <summary>What it reads.</summary>
    public StreamWriter Input => _process.StandardInput;

    /// <summary>What it says.</summary>
    public StreamReader Output => _process.StandardOutput;

    /// <summary>Starts it; what it has to complain of goes where this process complains.</summary>
    public static OwnProcess Start(IReadOnlyList<string> words, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(OwnProcess).Assembly.Location, .. words])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        return new(Process.Start(start) ?? throw new BenchmarkFailedException("A process did not start."));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
