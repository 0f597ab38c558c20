using System.CommandLine;
using System.Runtime.InteropServices;
using Commerce.Api.Cli.Importing;

namespace Commerce.Api.Cli;

/// <summary>The executable <c>commerce</c>: its verbs, one file each, and what they share.</summary>
static class CommandLine
{
    /// <summary>Runs the verb that the arguments name; none: <c>serve</c>.</summary>
    /// <returns>0: done; 1: a verb found what it looks for (an audit's offences); 2: it could not be done, a sentence on stderr says why; 130: interrupted.</returns>
    public static async Task<int> Run(string[] args)
    {
        using var interruption = new Interruption(TimeProvider.System);
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, signal => signal.Cancel = interruption.Ask());
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, signal => signal.Cancel = interruption.Ask());

        var parsed = Root().Parse(args);
        if (parsed.Errors is [var first, ..])
        {
            await Console.Error.WriteLineAsync($"commerce: {first.Message} See commerce --help.").ConfigureAwait(false);
            return CliErrors.CannotExitCode;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null },
            interruption.Token).ConfigureAwait(false);
    }

    internal static RootCommand Root()
    {
        var root = new RootCommand("Commerce: an event-sourced commerce engine. Without a verb it serves.")
        {
            ServeCommand.Create(),
            ImportCommand.Create(),
            Auditing.AuditCommand.Create(),
            AnalyticsCommand.Create(),
            CustomersCommand.Create(),
            KeysCommand.Create(),
            Reconciling.ReconcileCommand.Create(),
            Logs.LogCopyCommand.Create(),
            Ops.DeadLettersCommand.Create(),
            Ops.ProjectionsCommand.Create(),
            Demo.DemoCommand.Create(),
            SandboxCommand.Create(),
            ContractCommand.Create(),
        };
        foreach (var option in SharedOptions.All)
        {
            root.Options.Add(option);
        }

        root.SetAction(ServeCommand.Run);
        return root;
    }
}
