using System.CommandLine;
using Commerce.Api.Sandbox;

namespace Commerce.Api.Cli;

/// <summary>The verb <c>sandbox</c>: the sandbox payment provider as a process of its own.</summary>
static class SandboxCommand
{
    /// <summary>Port when nothing else is said.</summary>
    const int PortDefault = 5090;

    static readonly Option<int> Port = new("--port") { HelpName = "PORT", Description = $"Port on 127.0.0.1 (default {PortDefault}).", DefaultValueFactory = _ => PortDefault };
    static readonly Option<string> Books = new("--books") { HelpName = "FILE", Description = "File that its books are kept in; none: it forgets when it ends." };

    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var command = new Command("sandbox", "Serves a payment provider to try things with. No money moves.") { Port, Books };
        command.SetAction(Run);
        return command;
    }

    static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        var options = new SandboxOptions { Port = parsed.GetValue(Port), BooksFile = parsed.GetValue(Books) };
        await using var provider = await SandboxProvider.Start(options, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        await Console.Out.WriteLineAsync($"The sandbox payment provider serves on {provider.Address}").ConfigureAwait(false);
        await provider.WaitForShutdown(cancellationToken).ConfigureAwait(false);
        return 0;
    });
}
