using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.DeadLetters;
using Npgsql;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>
/// Where operators see dead letters and decide about them. A decision is an event in the letter's stream, so two operators
/// cannot decide differently; the row that consumers look at follows it, at once or, after a crash, soon.
/// </summary>
public sealed class DeadLetterDesk
{
    /// <summary>Who records what consumers and their processes do to a letter.</summary>
    internal const string Actor = "messaging";

    readonly LetterTable _letters;
    readonly ICommandProcessor _processor;
    readonly TimeProvider _time;

    /// <summary>A desk.</summary>
    /// <param name="database">Where messages are held.</param>
    /// <param name="processor">Decides and records.</param>
    /// <param name="time">The clock.</param>
    public DeadLetterDesk(NpgsqlDataSource database, ICommandProcessor processor, TimeProvider time) =>
        (_letters, _processor, _time) = (new(database), processor, time);

    /// <summary>Letters, those that are not settled first, then the oldest first.</summary>
    /// <param name="status">Only these; null: all.</param>
    /// <param name="after">The page before ended there; null: from the start.</param>
    /// <param name="countMax">So many at most.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public Task<IReadOnlyList<KeptLetter>> List(DeadLetterStatus? status, LetterCursor? after, int countMax, CancellationToken cancellationToken) =>
        _letters.List(status, after, countMax, cancellationToken);

    /// <summary>One letter; null: there is none.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public async Task<KeptLetter?> Find(Guid id, CancellationToken cancellationToken) => (await _letters.Find(id, cancellationToken).ConfigureAwait(false))?.Letter;

    /// <summary>How many messages are held.</summary>
    /// <exception cref="NpgsqlException">The database does not answer.</exception>
    public Task<HeldFigures> Figures(CancellationToken cancellationToken) => _letters.Figures(cancellationToken);

    /// <summary>Has a letter handled again, and then what waits behind it; a process that consumes does so soon.</summary>
    /// <param name="id">The letter.</param>
    /// <param name="reason">Why, 1 to <see cref="DeadLetter.ReasonLengthMax"/> characters.</param>
    /// <param name="context">Who asks.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="NpgsqlException">The database does not answer; the same again settles what became of it.</exception>
    public Task<CommandOutcome> Replay(Guid id, string reason, CommandContext context, CancellationToken cancellationToken) =>
        Decide(id, new DeadLetterCommand.Replay(reason), context, cancellationToken);

    /// <summary>Gives a letter up for good; what waits behind it goes on.</summary>
    /// <param name="id">The letter.</param>
    /// <param name="reason">Why, 1 to <see cref="DeadLetter.ReasonLengthMax"/> characters.</param>
    /// <param name="context">Who asks.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    /// <exception cref="NpgsqlException">The database does not answer; the same again settles what became of it.</exception>
    public Task<CommandOutcome> Discard(Guid id, string reason, CommandContext context, CancellationToken cancellationToken) =>
        Decide(id, new DeadLetterCommand.Discard(reason), context, cancellationToken);

    /// <summary>Letters of which log and row may differ, in these queues.</summary>
    internal Task<IReadOnlyList<Guid>> Due(string[] queues, int countMax, CancellationToken cancellationToken) => _letters.Due(queues, countMax, cancellationToken);

    /// <summary>Brings log and row together: a letter that the log does not know is recorded, and the row takes over what the log says.</summary>
    internal async Task Reconcile(Guid id, CancellationToken cancellationToken)
    {
        if (await _letters.Find(id, cancellationToken).ConfigureAwait(false) is { } found)
        {
            await Record(found.Letter, cancellationToken).ConfigureAwait(false);
            await Take(id, found.Asked, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What became of a letter that was handled again.</summary>
    /// <param name="id">The letter.</param>
    /// <param name="failure">Why it failed again; null: it is handled.</param>
    /// <param name="cancellationToken">Cancels the waiting.</param>
    internal async Task Replayed(Guid id, string? failure, CancellationToken cancellationToken)
    {
        DeadLetterCommand command = failure is null ? new DeadLetterCommand.Settle() : new DeadLetterCommand.FailAgain(failure);
        await _processor.Insist(DeadLetter.Decider, DeadLetter.StreamOf(id), command, new CommandContext(Actor), _time, cancellationToken).ConfigureAwait(false);
        await Take(id, 0, cancellationToken).ConfigureAwait(false);
    }

    async Task<CommandOutcome> Decide(Guid id, DeadLetterCommand command, CommandContext context, CancellationToken cancellationToken)
    {
        if (await _letters.Find(id, cancellationToken).ConfigureAwait(false) is not { Letter: var letter })
        {
            return new CommandOutcome.Rejected(DeadLetterRejections.Unknown);
        }

        // The log does not say whether the message was kept: an earlier version kept none.
        if (command is DeadLetterCommand.Replay && letter is { IsReadable: false, IsSettled: false })
        {
            return new CommandOutcome.Rejected(DeadLetterRejections.Unreadable);
        }

        await Record(letter, cancellationToken).ConfigureAwait(false);
        await _letters.Ask(id, cancellationToken).ConfigureAwait(false);
        var asked = (await _letters.Find(id, cancellationToken).ConfigureAwait(false))?.Asked ?? 0;
        var outcome = await _processor.Handle(DeadLetter.Decider, DeadLetter.StreamOf(id), command, context, cancellationToken).ConfigureAwait(false);
        await Take(id, asked, cancellationToken).ConfigureAwait(false);
        return outcome;
    }

    Task<Rejection?> Record(KeptLetter letter, CancellationToken cancellationToken) => _processor.Insist(
        DeadLetter.Decider,
        DeadLetter.StreamOf(letter.Id),
        new DeadLetterCommand.Keep(letter.Queue, letter.Order is { } order ? new OrderId(order) : null, letter.EventId, letter.Type, letter.Position, letter.Reason),
        new CommandContext(Actor) { OccurredAt = letter.Since },
        _time,
        cancellationToken);

    async Task Take(Guid id, int asked, CancellationToken cancellationToken)
    {
        var known = await _processor.Load(DeadLetter.Decider, DeadLetter.StreamOf(id), cancellationToken).ConfigureAwait(false);
        if (known.State.Status != DeadLetterStatus.None)
        {
            await _letters.Take(id, known.State, known.Revision, asked, _time.GetUtcNow(), cancellationToken).ConfigureAwait(false);
        }
    }
}
