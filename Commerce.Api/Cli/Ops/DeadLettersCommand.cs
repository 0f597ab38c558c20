using System.CommandLine;
using Commerce.Api.Composition;
using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Commands.Handling;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Domain.DeadLetters;

namespace Commerce.Api.Cli.Ops;

/// <summary>The verb <c>ops dead-letters</c>: messages that could not be handled, and what is decided about them.</summary>
static class DeadLettersCommand
{
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
            Verbs.Of("list", "Lists them, those that somebody has to decide about first.", List, State),
            Verbs.Of("show", "Shows one.", Show, Id),
            Verbs.Of("replay", "Has one handled again, and then what waits behind it, by a process that plays the role sagas.", (p, ct) => Decide(p, (desk, id, reason, context) => desk.Replay(id, reason, context, ct), ct), Id, Reason),
            Verbs.Of("discard", "Gives one up for good; what waits behind it goes on.", (p, ct) => Decide(p, (desk, id, reason, context) => desk.Discard(id, reason, context, ct), ct), Id, Reason),
        },
    };

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
            return await Verbs.Refuse(DeadLetterRejections.Unknown).ConfigureAwait(false);
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
        var outcome = await decide(desk, id, parsed.GetRequiredValue(Reason), new CommandContext(Verbs.Actor)).ConfigureAwait(false);
        return await Verbs.Tell(outcome, async _ =>
        {
            var letter = await desk.Find(id, cancellationToken).ConfigureAwait(false) ?? throw new TimeoutException($"It is recorded, and {id} is not listed yet.");
            await Console.Out.WriteLineAsync($"{id} is {Words.Of(letter.Status)}; {letter.Behind} wait behind it.").ConfigureAwait(false);
            return 0;
        }).ConfigureAwait(false);
    }, cancellationToken);

    static async Task<int> At(ParseResult parsed, Func<DeadLetterDesk, Task<int>> act, CancellationToken cancellationToken)
    {
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        return await act(new DeadLetterDesk(host.Database, host.Commands, host.Time)).ConfigureAwait(false);
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
