using System.Diagnostics;
using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>Decides commands against their streams and appends what follows, at the revision that was decided on.</summary>
public sealed class CommandProcessor(IEventLog log, TimeProvider time)
{
    /// <summary>Times that a command is decided anew after a lost race before the caller is told to come back.</summary>
    public const int AttemptsMax = 10;

    static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Decides a command and makes its events durable.</summary>
    /// <exception cref="EventLogUnavailableException">The log does not answer; the same command with the same id settles what became of it.</exception>
    public async Task<CommandOutcome> Handle<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command, CommandContext context, CancellationToken cancellationToken)
        where TEvent : class
    {
        for (var attempt = 0; attempt < AttemptsMax; attempt++)
        {
            var loaded = await Load(decider, stream, cancellationToken).ConfigureAwait(false);
            if (context.IfRevision is { } wanted && wanted != loaded.Revision)
            {
                return new CommandOutcome.RevisionMismatch(wanted, loaded.Revision);
            }

            var decision = decider.Decide(command, loaded.State);
            if (decision.Rejection is { } rejection)
            {
                return new CommandOutcome.Rejected(rejection);
            }

            if (decision.Events.IsEmpty)
            {
                return new CommandOutcome.Accepted(loaded.Revision, await log.Head(cancellationToken).ConfigureAwait(false), Replayed: false, []);
            }

            var metadata = Metadata(context).ToJson();
            var events = decision.Events.Select(e => new NewEvent(Guid.CreateVersion7(time.GetUtcNow()), EventCatalog.NameOf(e), EventCatalog.ToJson(e), metadata)).ToList();
            if (await log.Append(stream, ExpectedRevision.Exact(loaded.Revision), events, cancellationToken).ConfigureAwait(false) is AppendResult.Appended appended)
            {
                return new CommandOutcome.Accepted(appended.Revision, appended.Position, Replayed: false, [.. decision.Events]);
            }
        }

        return new CommandOutcome.Overloaded(RetryAfter);
    }

    /// <summary>The aggregate as the log has it now.</summary>
    public async Task<Loaded<TState>> Load<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, CancellationToken cancellationToken)
        where TEvent : class
    {
        var (state, revision) = (decider.Initial, -1L);
        await foreach (var recorded in log.ReadStream(stream, ReadDirection.Forwards, 0, int.MaxValue, cancellationToken).ConfigureAwait(false))
        {
            revision = recorded.Revision;
            state = EventCatalog.Read(recorded) is TEvent @event ? decider.Evolve(state, @event) : state;
        }

        return new Loaded<TState>(state, revision);
    }

    EventMetadata Metadata(CommandContext context) => new()
    {
        OccurredAt = context.OccurredAt ?? time.GetUtcNow(),
        CorrelationId = context.CorrelationId,
        CausationId = context.CausationId,
        TraceParent = Activity.Current?.Id,
        CommandId = context.CommandId,
        Fingerprint = context.Fingerprint,
        Actor = context.Actor,
    };
}
