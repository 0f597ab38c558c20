using System.Runtime.InteropServices;
using Commerce.Benchmarks.FlashSales;
using Commerce.Benchmarks.Load;
using Commerce.Benchmarks.Saga;
using Commerce.Commands.Embedded;
using Commerce.Domain.Log;
using Npgsql;

namespace Commerce.Benchmarks;

/// <summary>Measures the engine beside what stands in for it or below it, in one run: <c>bench [NAME|all] [--json FILE] [--quick|--smoke]</c>.</summary>
public static class Benchmarks
{
    const int FailedExitCode = 1;
    const int UsageExitCode = 2;
    const int InterruptedExitCode = 130;

    /// <summary>Four times what the longest takes on two quiet cores: later than that something hangs.</summary>
    static readonly TimeSpan BenchmarkTimeMax = TimeSpan.FromMinutes(10);

    static readonly (string Name, string Text, Func<Bench, CancellationToken, Task> Run)[] All =
    [
        ("log", "appends and catch-up reads of the event log, by engine, beside bare INSERTs", LogBenchmark.Run),
        ("flash-sale", "claims of one hot SKU over HTTP, beside a bare POST and the same written by hand on PostgreSQL", FlashSaleBenchmark.Run),
        ("hot-skus", "claims of 1, 2, 4 … hot SKUs", HotSkusBenchmark.Run),
        ("long-streams", "claims of sales with a long past", LongStreamsBenchmark.Run),
        ("flash-nodes", "claims of one sale at two nodes, one of which is killed", NodesBenchmark.Run),
        ("overload", "three times as many claims as can be taken", OverloadBenchmark.Run),
        ("orders", "orders over HTTP from placed to confirmed, beside a bare ASP.NET Core POST", OrdersBenchmark.Run),
        ("door", "the same command by REST, by gRPC call by call, and by gRPC on one call", DoorBenchmark.Run),
        ("saga", "orders from placed to confirmed over the bus, durable, beside a bare MassTransit state machine", SagaBenchmark.Run),
        ("seals", "verifying a sealed log, beside a catch-up read of it", SealBenchmark.Run),
        ("projections", "rebuilding read models from a generated log, how far behind they are live, and orders by their ids beside a bare GET", ProjectionsBenchmark.Run),
        ("links", "short links that are followed, and guesses at them, beside a bare redirect", LinksBenchmark.Run),
    ];

    /// <summary>Runs what the arguments name; none: all of it.</summary>
    /// <returns>0: measured; 1: a result was not what it must be, or took too long; 2: no such benchmark; 130: interrupted.</returns>
    public static async Task<int> Run(string[] args, CancellationToken cancellationToken)
    {
        if (Arguments.Parse(args) is not { } arguments || All.Where(b => arguments.Name is "all" || b.Name == arguments.Name).ToList() is not { Count: > 0 } chosen)
        {
            return PrintUsage();
        }

        try
        {
            var sizes = arguments.Sizes;
            await using var server = await ScratchServer.Start(cancellationToken);
            var report = await Report.Begin(server, sizes, Console.Out, cancellationToken);
            foreach (var (name, text, run) in chosen)
            {
                report.BeginBenchmark(name, text);
                await Bounded(name, run, new(server, report, sizes), cancellationToken);
            }

            await report.Write(arguments.JsonFile, cancellationToken);
            return 0;
        }
        // What breaks while everything is being stopped broke for that.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            return InterruptedExitCode;
        }
        catch (Exception e) when (e is BenchmarkFailedException or EmbeddedPostgresException or EventLogException or MassTransit.MassTransitException or HttpRequestException or NpgsqlException or TimeoutException or IOException)
        {
            await Console.Error.WriteLineAsync($"bench: {e.Message}");
            return FailedExitCode;
        }
    }

    static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case [LoadProcess.Verb]:
                return await LoadProcess.Run(Console.In, Console.Out);
            case [BareWebServer.Verb, .. var database]:
                return await BareWebServer.Run(database.FirstOrDefault(), Console.In, Console.Out);
        }

        using var interrupted = new CancellationTokenSource();
        void Interrupt(PosixSignalContext signal) => (signal.Cancel, _) = (true, interrupted.CancelAsync());
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        return await Run(args, interrupted.Token);
    }

    static async Task Bounded(string name, Func<Bench, CancellationToken, Task> run, Bench bench, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(BenchmarkTimeMax);
        try
        {
            await run(bench, limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new BenchmarkFailedException($"{name} has not ended within {BenchmarkTimeMax.TotalMinutes:0} minutes.");
        }
    }

    static int PrintUsage()
    {
        Console.Error.WriteLine("Usage: bench [NAME] [--json FILE] [--quick|--smoke]");
        foreach (var (name, text, _) in All)
        {
            Console.Error.WriteLine($"  {name,-12} {text}");
        }

        Console.Error.WriteLine($"  {"all",-12} each of them (default)");
        Console.Error.WriteLine("--quick does less of it: one round, and ten seconds of overload.");
        Console.Error.WriteLine("--smoke makes everything tiny: it shows that the benchmarks run, its figures mean nothing.");
        return UsageExitCode;
    }
}

/// <summary>What was asked for.</summary>
sealed record Arguments(string Name, string? JsonFile, Sizes Sizes)
{
    /// <summary>Null where they say nothing that is known.</summary>
    public static Arguments? Parse(string[] args)
    {
        string? name = null;
        var parsed = new Arguments("all", null, Sizes.Full);
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--smoke":
                    parsed = parsed with { Sizes = Sizes.Smoke };
                    break;
                case "--quick":
                    parsed = parsed with { Sizes = Sizes.Quick };
                    break;
                case "--json" when i + 1 < args.Length:
                    parsed = parsed with { JsonFile = args[++i] };
                    break;
                case var word when name is null && !word.StartsWith('-'):
                    name = word;
                    break;
                default:
                    return null;
            }
        }

        return parsed with { Name = name ?? parsed.Name };
    }
}

/// <summary>What every benchmark works with.</summary>
sealed record Bench(ScratchServer Server, Report Report, Sizes Sizes);

/// <summary>A result is not what it must be: the figures would mean nothing.</summary>
sealed class BenchmarkFailedException(string message) : Exception(message);
