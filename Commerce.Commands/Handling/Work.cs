using System.Diagnostics;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>A command on its way: what was asked, what is meant to be answered, and the caller who waits.</summary>
sealed class Work<TCommand>(TCommand command, CommandContext context, Door door, CancellationToken cancellationToken)
    where TCommand : notnull
{
    // The caller goes on elsewhere: a worker has a batch to answer and no time for what callers do next.
    readonly TaskCompletionSource<CommandOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TCommand Command { get; } = command;

    public CommandContext Context { get; } = context;

    /// <summary>Tells a repeat from another command under the same id; null where neither the caller gave one nor an id asks for one.</summary>
    public string? Fingerprint { get; } = context.Fingerprint ?? (context.CommandId is null ? null : CommandFingerprint.Of(command));

    /// <summary>Span of the command, or of what it is part of; null where nobody listens.</summary>
    public Activity? Activity { get; } = Activity.Current;

    public Task<CommandOutcome> Answered => _answer.Task;

    public bool IsAnswered => _answer.Task.IsCompleted;

    /// <summary>What to answer once the log has confirmed the revision that it was decided on.</summary>
    public CommandOutcome? Verdict { get; private set; }

    /// <summary>Whether the append of its batch holds events of it.</summary>
    public bool Writes => Verdict is CommandOutcome.Accepted { Replayed: false, Events.Count: > 0 };

    /// <summary>Revision of the first event that it writes, or had written.</summary>
    public long FirstRevision { get; private set; }

    /// <summary>What it repeats was durable before this batch: its events are to be read, its position is known.</summary>
    public bool IsReadBack { get; private set; }

    public void Refuse(CommandOutcome verdict) => (Verdict, IsReadBack) = (verdict, false);

    public void Accept(long firstRevision, long revision, IReadOnlyList<object> events) =>
        (Verdict, FirstRevision, IsReadBack) = (new CommandOutcome.Accepted(revision, default, Replayed: false, events), firstRevision, false);

    public void Repeat(Work<TCommand> original) =>
        Refuse(original.Verdict is CommandOutcome.Accepted accepted && original.Fingerprint == Fingerprint
            ? accepted with { Replayed = true }
            : new CommandOutcome.KeyReused());

    public void Repeat(SeenCommand seen)
    {
        if (seen.Fingerprint is not null && seen.Fingerprint != Fingerprint)
        {
            Refuse(new CommandOutcome.KeyReused());
            return;
        }

        (Verdict, FirstRevision, IsReadBack) = (new CommandOutcome.Accepted(seen.LastRevision, seen.Position, Replayed: true, []), seen.FirstRevision, true);
    }

    /// <summary>Gives the verdict to the caller.</summary>
    /// <param name="position">Position at which all that was decided can be seen.</param>
    public void Answer(LogPosition position)
    {
        if (Verdict is { } verdict && !IsAnswered)
        {
            Answer(verdict is CommandOutcome.Accepted accepted && !IsReadBack ? accepted with { Position = position } : verdict);
        }
    }

    public void Answer(CommandOutcome outcome)
    {
        door.Leave();
        _answer.SetResult(outcome);
    }

    public void Fail(Exception exception)
    {
        door.Leave();
        _answer.SetException(exception);
    }

    /// <summary>Whether there is nobody to decide it for: answered, or its caller left before it was begun.</summary>
    public bool IsDropped()
    {
        if (!IsAnswered && cancellationToken.IsCancellationRequested)
        {
            door.Leave();
            _answer.SetCanceled(cancellationToken);
        }

        return IsAnswered;
    }

    /// <summary>What its events carry beside what happened.</summary>
    public EventMetadata Metadata(DateTimeOffset now) => new()
    {
        OccurredAt = Context.OccurredAt ?? now,
        CorrelationId = Context.CorrelationId,
        CausationId = Context.CausationId,
        TraceParent = Activity?.Id ?? Context.TraceParent,
        CommandId = Context.CommandId,
        Fingerprint = Fingerprint,
        Actor = Context.Actor,
    };
}
