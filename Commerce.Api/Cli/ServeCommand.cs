using System.CommandLine;
using Commerce.Api.Composition;

namespace Commerce.Api.Cli;

/// <summary>The verb <c>serve</c>: plays the roles asked for until it is told to stop.</summary>
static class ServeCommand
{
    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var command = new Command("serve", "Serves the API and runs sagas, relay and projections, or those of them that --roles names.");
        command.SetAction(Run);
        return command;
    }

    /// <summary>Serves until cancelled.</summary>
    public static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        await using var process = await CommerceProcess.Start(SharedOptions.Settings(parsed), cancellationToken).ConfigureAwait(false);
        if (await process.CreateFirstKey(cancellationToken).ConfigureAwait(false) is { } key)
        {
            await Console.Out.WriteLineAsync($"The first key, for an operator, shown once: {key.Text} (`commerce keys create` makes others)").ConfigureAwait(false);
        }

        await process.WaitForShutdown(cancellationToken).ConfigureAwait(false);
        return 0;
    });
}
