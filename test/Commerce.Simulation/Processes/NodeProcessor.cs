using System.Threading.Channels;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Simulation.Machinery;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Simulation.Processes;

/// <summary>
/// The command processor of one process on virtual time: the mailboxes, turns, batches and caches are the product's own;
/// only its workers are played by the scheduler, one turn after another.
/// </summary>
sealed class NodeProcessor : ICommandProcessor
{
    static readonly CommandProcessorOptions Options = new() { CachedStreamsMax = 40 };

    readonly Node _node;
    readonly Faults _faults;
    readonly ProcessorParts _parts;
    readonly Channel<Mailbox> _ready = Channel.CreateUnbounded<Mailbox>();
    readonly MailboxCache _mailboxes = new(Options.CachedStreamsMax, Options.CachedCommandIdsMax);
    readonly Door _door = new(int.MaxValue);
    readonly Dictionary<StreamName, List<Func<bool>>> _unanswered = [];

    public NodeProcessor(Node node, IEventLog log, TimeProvider time, Faults faults)
    {
        (_node, _faults) = (node, faults);
        _parts = new ProcessorParts(log, time, Options, _ready.Writer.TryWrite, NullLogger.Instance);
    }

    /// <inheritdoc/>
    public Task<CommandOutcome> Handle<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command, CommandContext context, CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class
    {
        if (_faults.Strikes(Fault.Overload))
        {
            return Task.FromResult<CommandOutcome>(new CommandOutcome.Overloaded(Options.RetryAfter));
        }

        _door.TryEnter();
        var work = new Work<TCommand>(command, context, _door, cancellationToken);
        Post(decider, stream, work);
        var answer = new TaskCompletionSource<CommandOutcome>();
        Unanswered(stream).Add(() => Answer(work, answer));
        while (_ready.Reader.TryRead(out var mailbox))
        {
            var ready = mailbox;
            _node.Run(() => Work(ready));
        }

        return answer.Task;
    }

    /// <inheritdoc/>
    public Task<Loaded<TState>> Load<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class
    {
        var known = (_mailboxes.Find(stream) as Mailbox<TCommand, TEvent, TState>)?.Known ?? new Loaded<TState>(decider.Initial, -1);
        return StreamState<TCommand, TEvent, TState>.Fold(decider, stream, _parts.Log, known, int.MaxValue, static _ => { }, cancellationToken);
    }

    void Post<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, Work<TCommand> work)
        where TCommand : notnull
        where TEvent : class
    {
        while (true)
        {
            var mailbox = (Mailbox<TCommand, TEvent, TState>)_mailboxes.GetOrAdd(stream, (s, parts) => new Mailbox<TCommand, TEvent, TState>(decider, s, parts), _parts);
            if (mailbox.Post(work) != Posting.Retired)
            {
                return;
            }

            _mailboxes.Remove(mailbox);
        }
    }

    async Task Work(Mailbox mailbox)
    {
        do
        {
            await _node.Step("decide on", mailbox.Stream).ConfigureAwait(false);
            await mailbox.DecideWaiting(CancellationToken.None).ConfigureAwait(false);
            _mailboxes.Used(mailbox);
            AnswerAll(mailbox.Stream);
        }
        while (mailbox.EndTurn());
    }

    void AnswerAll(StreamName stream)
    {
        // Who is answered may ask again at once: those come to a list of their own.
        var asked = Unanswered(stream);
        _unanswered.Remove(stream);
        var waiting = asked.FindAll(answer => !answer());
        Unanswered(stream).InsertRange(0, waiting);
    }

    List<Func<bool>> Unanswered(StreamName stream)
    {
        if (!_unanswered.TryGetValue(stream, out var asked))
        {
            _unanswered[stream] = asked = [];
        }

        return asked;
    }

    // The work's own task goes on elsewhere, on a thread of its own; here whoever waits goes on in turn.
    static bool Answer<TCommand>(Work<TCommand> work, TaskCompletionSource<CommandOutcome> answer)
        where TCommand : notnull
    {
        if (!work.IsAnswered)
        {
            return false;
        }

        if (work.Answered.Exception is { } failure)
        {
            answer.SetException(failure.InnerExceptions);
        }
        else
        {
            answer.SetResult(work.Answered.Result);
        }

        return true;
    }
}
