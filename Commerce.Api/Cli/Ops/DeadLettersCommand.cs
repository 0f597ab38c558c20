using System.CommandLine;
using Commerce.Api.Composition;
using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Commands.Handling;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Domain;
using Commerce.Domain.DeadLetters;

namespace Commerce.Api.Cli.Ops;

/// <summary>The verb <c>ops dead-letters</c>: messages that could not be handled, and what is decided about them.</summary>
static class DeadLettersCommand
{
    /// <summary>Who decisions of the command line are recorded by.</summary>
    const string Actor = "ops";

    /// <summary>Letters that are listed at most.</summary>
    const int ListedMax = 500;

    static readonly Argument<Guid> Id = new("id") { Description = "The dead letter." };
    static readonly Option<string> State = new("--state") { HelpName = "STATE", Description = "Only those that are open, replaying, handled or discarded." };
    static readonly Option<string> Reason = new("--reason") { HelpName = "TEXT", Required = true, Description = $"Why; recorded, 1 to {DeadLetter.ReasonLengthMax} characters." };

    /// <summary>The verb with its options.</summary>
    public static Command Create() => new("ops", "For operators.")
    {
        new Command("dead-letters", "Messages that could not be handled. Later messages of the same order wait behind them.")
        {
            Verb("list", "Lists them, those that somebody has to decide about first.", List, State),
            Verb("show", "Shows one.", Show, Id),
            Verb("replay", "Has one handled again, and then what waits behind it, by a process that plays the role sagas.", (p, ct) => Decide(p, (desk, id, reason, context) => desk.Replay(id, reason, context, ct), ct), Id, Reason),
            Verb("discard", "Gives one up for good; what waits behind it goes on.", (p, ct) => Decide(p, (desk, id, reason, context) => desk.Discard(id, reason, context, ct), ct), Id, Reason),
        },
    };

    static Command Verb(string name, string description, Func<ParseResult, CancellationToken, Task<int>> run, params IEnumerable<Symbol> symbols)
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

    static Task<int> List(ParseResult parsed, CancellationToken cancellationToken) => At(parsed, async desk =>
    {
        var letters = await desk.List(StateOf(parsed), null, ListedMax + 1, cancellationToken).ConfigureAwait(false);
        foreach (var line in DeadLettersText.Table([.. letters.Take(ListedMax)]))
        {
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        if (letters.Count > ListedMax)
        {
            await Console.Out.WriteLineAsync($"… and more; these are the first {ListedMax}.").ConfigureAwait(false);
        }

        return 0;
    }, cancellationToken);

    static Task<int> Show(ParseResult parsed, CancellationToken cancellationToken) => At(parsed, async desk =>
    {
        if (await desk.Find(parsed.GetValue(Id), cancellationToken).ConfigureAwait(false) is not { } letter)
        {
            return await Refused(DeadLetterRejections.Unknown).ConfigureAwait(false);
        }

        foreach (var line in DeadLettersText.Of(letter))
        {
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        return 0;
    }, cancellationToken);

    static Task<int> Decide(ParseResult parsed, Func<DeadLetterDesk, Guid, string, CommandContext, Task<CommandOutcome>> decide, CancellationToken cancellationToken) => At(parsed, async desk =>
    {
        var id = parsed.GetValue(Id);
        switch (await decide(desk, id, parsed.GetRequiredValue(Reason), new CommandContext(Actor)).ConfigureAwait(false))
        {
            case CommandOutcome.Accepted when await desk.Find(id, cancellationToken).ConfigureAwait(false) is { } letter:
                await Console.Out.WriteLineAsync($"{id} is {Words.Of(letter.Status)}; {letter.Behind} wait behind it.").ConfigureAwait(false);
                return 0;
            case CommandOutcome.Rejected rejected:
                return await Refused(rejected.Rejection).ConfigureAwait(false);
            default:
                throw new TimeoutException("Too much is waiting: come back later.");
        }
    }, cancellationToken);

    static async Task<int> At(ParseResult parsed, Func<DeadLetterDesk, Task<int>> act, CancellationToken cancellationToken)
    {
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        return await act(new DeadLetterDesk(host.Database, host.Commands, host.Time)).ConfigureAwait(false);
    }

    static async Task<int> Refused(Rejection rejection)
    {
        await Console.Error.WriteLineAsync($"commerce: {rejection.Detail} ({rejection.Code})").ConfigureAwait(false);
        return CliErrors.CannotExitCode;
    }

    static DeadLetterStatus? StateOf(ParseResult parsed)
    {
        try
        {
            return Words.Value("--state", parsed.GetValue(State), DeadLetterStatus.None);
        }
        catch (RefusedRequestException refused)
        {
            throw new CommerceSettingsException(refused.Problem.Detail);
        }
    }
}
