using System.Diagnostics;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>A command on its way: what was asked, what is meant to be answered, and the caller who waits.</summary>
sealed class Work<TCommand>
    where TCommand : notnull
{
    // The caller goes on elsewhere: a worker has a batch to answer and no time for what callers do next.
    readonly TaskCompletionSource<CommandOutcome> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly Door _door;
    readonly CancellationToken _leaves;
    readonly CancellationTokenRegistration _leaving;

    public Work(TCommand command, CommandContext context, Door door, CancellationToken cancellationToken)
    {
        (Command, Context, _door, _leaves) = (command, context, door, cancellationToken);
        Fingerprint = context.Fingerprint ?? (context.CommandId is null ? null : CommandFingerprint.Of(command));
        _leaving = cancellationToken.UnsafeRegister(static (answer, leaves) => (answer as TaskCompletionSource<CommandOutcome>)?.TrySetCanceled(leaves), _answer);
    }

    public TCommand Command { get; }

    public CommandContext Context { get; }

    /// <summary>Tells a repeat from another command under the same id; null where neither the caller gave one nor an id asks for one.</summary>
    public string? Fingerprint { get; }

    /// <summary>Span of the command, or of what it is part of; null where nobody listens.</summary>
    public Activity? Activity { get; } = Activity.Current;

    /// <summary>Ends with the answer, or at once when the caller leaves.</summary>
    public Task<CommandOutcome> Answered => _answer.Task;

    /// <summary>Whether it is dealt with, be its caller there or gone.</summary>
    public bool IsAnswered { get; private set; }

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
        End();
        _answer.TrySetResult(outcome);
    }

    public void Fail(Exception exception)
    {
        End();
        _answer.TrySetException(exception);
    }

    /// <summary>Whether there is nobody to decide it for: answered, or its caller left before it was begun.</summary>
    public bool IsDropped()
    {
        if (!IsAnswered && _leaves.IsCancellationRequested)
        {
            End();
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

    void End()
    {
        IsAnswered = true;
        _leaving.Unregister();
        _door.Leave();
    }
}
