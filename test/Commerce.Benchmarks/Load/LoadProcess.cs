using System.Text.Json;

namespace Commerce.Benchmarks.Load;

/// <summary>The load generator as a process of its own: the verb <c>load</c> reads a plan and writes what came of it.</summary>
static class LoadProcess
{
    /// <summary>The verb.</summary>
    public const string Verb = "load";

    // What a socket has received is handled at once, on the one thread that waits for all of them: no hop, and one core at most. The thread
    // that keeps the time sleeps in between: a spinning one takes the cores from what is measured, and so does an instrumented tier of code
    // that runs for seconds.
    static readonly Dictionary<string, string> OneThread = new()
    {
        ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
        ["DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT"] = "1",
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
        ["DOTNET_TieredPGO"] = "0",
        ["DOTNET_gcServer"] = "0",
    };

    /// <summary>Has another process play a plan, and looks at what servers take of the processors meanwhile.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="server">Process of the server that is loaded.</param>
    /// <param name="database">Process of the database.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="BenchmarkFailedException">An answer was not what it must be.</exception>
    public static async Task<LoadResult> Play(LoadPlan plan, int server, int database, CancellationToken cancellationToken)
    {
        var before = ProcessorTime.Of(server, database);
        var result = await Play(plan, cancellationToken);
        return result with { Servers = ProcessorTime.Of(server, database) - before };
    }

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
