using System.CommandLine;
using Commerce.Api.Composition;
using Commerce.Commands.Handling;
using Commerce.Domain;

namespace Commerce.Api.Cli;

/// <summary>What verbs of operators have in common: they open what is configured, decide something or show it, and say what came of it.</summary>
static class Verbs
{
    /// <summary>Who decisions of the command line are recorded by.</summary>
    public const string Actor = "ops";

    /// <summary>A verb with its arguments and options.</summary>
    public static Command Of(string name, string description, Func<ParseResult, CancellationToken, Task<int>> run, params IEnumerable<Symbol> symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option)
            {
                command.Options.Add(option);
            }
            else if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
        }

        command.SetAction((parsed, ct) => CliErrors.Guard(() => run(parsed, ct)));
        return command;
    }

    /// <summary>One that works on log and database and plays no role.</summary>
    public static Command OnHost(string name, string description, Func<CommerceHost, ParseResult, CancellationToken, Task<int>> run, params IEnumerable<Symbol> symbols) => Of(
        name,
        description,
        async (parsed, ct) =>
        {
            await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), ct).ConfigureAwait(false);
            return await run(host, parsed, ct).ConfigureAwait(false);
        },
        symbols);

    /// <summary>Says what came of a command.</summary>
    /// <param name="outcome">It.</param>
    /// <param name="accepted">The sentence for when it was accepted.</param>
    /// <returns>Exit code.</returns>
    /// <exception cref="TimeoutException">Too much was waiting for it to be decided.</exception>
    public static Task<int> Tell(CommandOutcome outcome, string accepted) => Tell(outcome, async _ =>
    {
        await Console.Out.WriteLineAsync(accepted).ConfigureAwait(false);
        return 0;
    });

    /// <summary>Goes on where a command was accepted, and else says what came of it.</summary>
    /// <param name="outcome">What came of it.</param>
    /// <param name="accepted">What comes next; gives the exit code.</param>
    /// <returns>Exit code.</returns>
    /// <exception cref="TimeoutException">Too much was waiting for it to be decided.</exception>
    public static Task<int> Tell(CommandOutcome? outcome, Func<CommandOutcome.Accepted, Task<int>> accepted) => outcome switch
    {
        CommandOutcome.Accepted done => accepted(done),
        CommandOutcome.Rejected { Rejection: var rejection } => Refuse(rejection),
        _ => throw new TimeoutException("Too much is waiting: come back later."),
    };

    /// <summary>Says why something was refused.</summary>
    /// <returns>Exit code.</returns>
    public static async Task<int> Refuse(Rejection rejection)
    {
        await Console.Error.WriteLineAsync($"commerce: {rejection.Detail} ({rejection.Code})").ConfigureAwait(false);
        return CliErrors.CannotExitCode;
    }
}
