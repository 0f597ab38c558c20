using System.Diagnostics;
using Commerce.Api.Composition;

namespace Commerce.Api.Tests.Sandbox;

/// <summary>The executable with the verb <c>sandbox</c>, as a process of its own.</summary>
sealed class SandboxProcess : IAsyncDisposable
{
    /// <summary>On a busy machine a process takes seconds to start.</summary>
    static readonly TimeSpan StartTimeMax = TimeSpan.FromSeconds(60);

    readonly Process _process;

    SandboxProcess(Process process, int port) => (_process, Http) = (process, new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") });

    /// <summary>A client of it.</summary>
    public HttpClient Http { get; }

    /// <summary>Starts it; returns when it serves.</summary>
    public static async Task<SandboxProcess> Start(int port, Uri callbacks, string secret)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", typeof(CommerceProcess).Assembly.Location, "sandbox", "--port", $"{port}", "--callbacks", callbacks.ToString()]) { RedirectStandardOutput = true };
        start.Environment["Commerce__Payments__CallbackSecrets"] = secret;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The process did not start.");
        using var limit = new CancellationTokenSource(StartTimeMax);
        var said = await process.StandardOutput.ReadLineAsync(limit.Token);
        return said?.Contains("serves on", StringComparison.Ordinal) == true ? new(process, port) : throw new InvalidOperationException($"It did not start: {said}");
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
