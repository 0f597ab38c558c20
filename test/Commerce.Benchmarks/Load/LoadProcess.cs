using System.Text.Json;

namespace Commerce.Benchmarks.Load;

/// <summary>The load generator as a process of its own: the verb <c>load</c> reads a plan and writes what came of it.</summary>
static class LoadProcess
{
    /// <summary>The verb.</summary>
    public const string Verb = "load";

    // What a socket has received is handled at once, on the one thread that waits for all of them: no hop, and one core at most.
    static readonly Dictionary<string, string> OneThread = new()
    {
        ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
        ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1",
        ["DOTNET_gcServer"] = "0",
    };

    /// <summary>Has another process play a plan.</summary>
    /// <exception cref="BenchmarkFailedException">An answer was not what it must be.</exception>
    public static async Task<LoadResult> Play(LoadPlan plan, CancellationToken cancellationToken)
    {
        await using var process = OwnProcess.Start([Verb], OneThread);
        await process.Input.WriteLineAsync(JsonSerializer.Serialize(plan, LoadJson.Default.LoadPlan).AsMemory(), cancellationToken);
        await process.Input.FlushAsync(cancellationToken);
        var answer = await process.Output.ReadToEndAsync(cancellationToken);
        return answer.StartsWith('{') && JsonSerializer.Deserialize(answer, LoadJson.Default.LoadResult) is { } result ? result : throw new BenchmarkFailedException($"The load generator: {answer}");
    }

    /// <summary>Plays the plan that stands in the input.</summary>
    /// <returns>Exit code.</returns>
    public static async Task<int> Run(TextReader input, TextWriter output)
    {
        try
        {
            var plan = JsonSerializer.Deserialize(await input.ReadLineAsync() ?? "", LoadJson.Default.LoadPlan) ?? throw new BenchmarkFailedException("No plan.");
            await output.WriteLineAsync(JsonSerializer.Serialize(await LoadRun.Play(plan), LoadJson.Default.LoadResult));
            return 0;
        }
        catch (Exception e) when (e is BenchmarkFailedException or JsonException or System.Net.Sockets.SocketException)
        {
            await output.WriteLineAsync(e.Message);
            return 1;
        }
    }
}
