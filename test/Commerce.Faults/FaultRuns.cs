using System.Runtime.InteropServices;
using Commerce.Commands.Embedded;
using Commerce.Domain.Log;
using Commerce.Faults.Site;
using Npgsql;

namespace Commerce.Faults;

/// <summary>Strikes a whole shop under load and looks what is left: <c>faults [--minutes M] [--seed S] [--orders PER-SECOND] [--json FILE] [--logs FOLDER]</c>.</summary>
static class FaultRuns
{
    const int FailedExitCode = 1;
    const int UsageExitCode = 2;
    const int InterruptedExitCode = 130;

    /// <summary>The same, to these.</summary>
    /// <returns>0: nothing offends; 1: something does, or the run could not be done; 2: the arguments are wrong; 130: interrupted.</returns>
    public static async Task<int> Run(string[] args, TextWriter output, TextWriter errors, CancellationToken cancellationToken)
    {
        var (options, wrong) = Options.Parse(args);
        if (options is null)
        {
            await errors.WriteLineAsync($"faults: {wrong}");
            return UsageExitCode;
        }

        try
        {
            await using var shop = await Installation.Open(options.LogsFolder, cancellationToken);
            using var run = new FaultRun(options, shop, output);
            var report = await run.Play(cancellationToken);
            foreach (var line in report.Lines())
            {
                await output.WriteLineAsync(line);
            }

            if (options.JsonFile is { } file)
            {
                await report.Write(file, cancellationToken);
            }

            return report.Failures.Count == 0 ? 0 : FailedExitCode;
        }
        // What breaks while everything is being stopped broke for that.
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            return InterruptedExitCode;
        }
        catch (Exception e) when (e is FaultRunFailedException or EmbeddedPostgresException or EventLogException or InvalidOperationException or HttpRequestException or NpgsqlException or TimeoutException or IOException or OperationCanceledException)
        {
            await errors.WriteLineAsync($"faults: {e.Message}");
            return FailedExitCode;
        }
    }

    static async Task<int> Main(string[] args)
    {
        using var interrupted = new CancellationTokenSource();
        void Interrupt(PosixSignalContext signal) => (signal.Cancel, _) = (true, interrupted.CancelAsync());
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        return await Run(args, Console.Out, Console.Error, interrupted.Token);
    }
}
