using System.Diagnostics;
using Commerce.Commands.Snapshots;
using Commerce.Domain;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Commands.Handling;

/// <summary>
/// Decides commands against their streams. Commands of one stream go to one mailbox; a worker takes all that waits there,
/// decides one after another on the state that it knows, appends the events of all in one append at the expected revision
/// and then answers every caller. While an append is under way newcomers wait and form the next batch, so a hot stream gets
/// cheaper per command under load. A rejected command costs no write.
/// </summary>
/// <remarks>
/// <para>An answer is given only when the log has confirmed the revision that was decided on: by the append or, where there is
/// nothing to write, by a read. Any number of processors, on any number of nodes, may work on one log.</para>
/// <para>Idempotency: a stream remembers its latest <see cref="CommandProcessorOptions.SeenPerStreamMax"/> command ids, from the
/// metadata of its events. A repeat is answered as the first time, whatever revision it asks for. Accepted commands that wrote
/// nothing, and refused ones, are not remembered: a repeat is decided anew.</para>
/// </remarks>
public sealed class CommandProcessor : ICommandProcessor, IAsyncDisposable
{
    readonly CommandProcessorOptions _options;
    readonly ProcessorParts _parts;
    readonly Door _door;
    readonly MailboxCache _mailboxes;
    readonly CancellationTokenSource _stopping = new();
    readonly Snapshotter _snapshots;
    readonly MailboxWorkers _workers;
    int _disposed;

    /// <summary>Ready to decide.</summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    public CommandProcessor(IEventLog log, TimeProvider time, CommandProcessorOptions? options = null, ILogger<CommandProcessor>? logger = null)
    {
        _options = (options ?? new CommandProcessorOptions()).Validated();
        _door = new Door(_options.UnansweredMax);
        _mailboxes = new MailboxCache(_options.CachedStreamsMax, _options.CachedCommandIdsMax);
        _workers = new MailboxWorkers(_options.Workers, Work);
        var shown = logger ?? NullLogger<CommandProcessor>.Instance;
        _snapshots = new Snapshotter(log, time, _options.Snapshots, _options.SeenPerStreamMax, shown);
        _parts = new ProcessorParts(log, time, _options, _workers.TryAdd, shown, _snapshots);
    }

    /// <inheritdoc/>
    public Task<CommandOutcome> Handle<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command, CommandContext context, CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class
    {
        // Where nobody listens, what would be shown costs nothing, not even a state machine around each command.
        return cancellationToken.IsCancellationRequested ? Task.FromCanceled<CommandOutcome>(cancellationToken)
            : CommandTelemetry.IsShown ? HandleShown(decider, stream, command, context, cancellationToken)
            : Settle(decider, stream, command, context, cancellationToken);
    }

    /// <inheritdoc/>
    public Task<Loaded<TState>> Load<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class
    {
        return Recall(decider, stream) is { } known
            ? StreamState<TCommand, TEvent, TState>.Fold(decider, stream, _parts.Log, known, int.MaxValue, static _ => { }, cancellationToken)
            : Open(decider, stream, cancellationToken);
    }

    /// <summary>The aggregate as this process last wrote or read it for a command, without a look at the log, which may hold more; null: not known.</summary>
    public Loaded<TState>? Recall<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream)
        where TCommand : notnull
        where TEvent : class =>
        (_mailboxes.Find(stream) as Mailbox<TCommand, TEvent, TState>)?.Known;

    /// <summary>Refuses what is new, ends what is queued within <see cref="CommandProcessorOptions.StopWithin"/>, refuses the rest.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        try
        {
            await _door.Close().WaitAsync(_options.StopWithin, _parts.Time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            CommandLog.StoppedEarly(_parts.Logger, _door.Unanswered, _options.StopWithin);
        }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _workers.Close().ConfigureAwait(false);
        await _snapshots.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    async Task<Loaded<TState>> Open<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, CancellationToken cancellationToken)
        where TEvent : class
    {
        var known = new StreamState<TCommand, TEvent, TState>(decider, stream, _parts.Log, _options.SeenPerStreamMax, _snapshots);
        await known.CatchUp(cancellationToken).ConfigureAwait(false);
        return known.Current ?? new Loaded<TState>(decider.Initial, -1);
    }

    async Task<CommandOutcome> HandleShown<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command, CommandContext context, CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class
    {
        var started = Stopwatch.GetTimestamp();
        using var activity = CommandTelemetry.StartCommand(stream, command.GetType(), context.TraceParent);
        var outcome = await Settle(decider, stream, command, context, cancellationToken).ConfigureAwait(false);
        CommandTelemetry.Answered(stream, outcome, activity, started);
        return outcome;
    }

    Task<CommandOutcome> Settle<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command, CommandContext context, CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class
    {
        if (!_door.TryEnter() || TryPost(decider, stream, command, context, cancellationToken) is not { } work)
        {
            return Task.FromResult<CommandOutcome>(new CommandOutcome.Overloaded(_options.RetryAfter));
        }

        // Only what has an id can be a repeat, whose events are to be read.
        return context.CommandId is null ? work.Answered : WithEvents(stream, work, cancellationToken);
    }

    async Task<CommandOutcome> WithEvents<TCommand>(StreamName stream, Work<TCommand> work, CancellationToken cancellationToken)
        where TCommand : notnull
    {
        var outcome = await work.Answered.ConfigureAwait(false);
        return outcome is CommandOutcome.Accepted accepted && work.IsReadBack
            ? accepted with { Events = await ReadBack(stream, work.FirstRevision, accepted.Revision, cancellationToken).ConfigureAwait(false) }
            : outcome;
    }

    /// <summary>Puts a command that was let in into its mailbox; null: there is no room, and it is out again.</summary>
    Work<TCommand>? TryPost<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command, CommandContext context, CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class
    {
        var posting = Posting.Refused;
        try
        {
            var work = new Work<TCommand>(command, context, _door, cancellationToken);
            do
            {
                var mailbox = MailboxOf(decider, stream);
                posting = mailbox.Post(work);
                if (posting == Posting.Retired)
                {
                    _mailboxes.Remove(mailbox);
                }
            }
            while (posting == Posting.Retired);
            return posting == Posting.Taken ? work : null;
        }
        finally
        {
            if (posting != Posting.Taken)
            {
                _door.Leave();
            }
        }
    }

    Mailbox<TCommand, TEvent, TState> MailboxOf<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream)
        where TCommand : notnull
        where TEvent : class =>
        _mailboxes.GetOrAdd(stream, static (s, a) => new Mailbox<TCommand, TEvent, TState>(a.decider, s, a._parts), (decider, _parts))
            is Mailbox<TCommand, TEvent, TState> mailbox && mailbox.Decider.Equals(decider)
            ? mailbox
            : throw new InvalidOperationException($"{stream} belongs to another aggregate than {typeof(TState).Name}.");

    async Task<IReadOnlyList<object>> ReadBack(StreamName stream, long first, long last, CancellationToken cancellationToken)
    {
        var events = new List<object>();
        await foreach (var recorded in _parts.Log.ReadStream(stream, ReadDirection.Forwards, first, (int)(last - first + 1), cancellationToken).ConfigureAwait(false))
        {
            events.Add(EventCatalog.Read(recorded) ?? throw new InvalidOperationException($"{stream} has an event of a type that is not known: {recorded.Type}."));
        }

        return events;
    }

    async Task Work(Mailbox mailbox)
    {
        do
        {
            await mailbox.DecideWaiting(_stopping.Token).ConfigureAwait(false);
            _mailboxes.Used(mailbox);
        }
        while (mailbox.EndTurn() && !_workers.TryAdd(mailbox));
    }
}
