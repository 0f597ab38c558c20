using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Sagas;

/// <summary>Commands of the house itself: nobody is there to be told to come back later, so it comes back itself.</summary>
static class Insistence
{
    /// <summary>The rejection, or null for an accepted command. While the processor is full it waits, as long as its message may.</summary>
    public static async Task<Rejection?> Insist<TCommand, TEvent, TState>(
        this ICommandProcessor processor,
        Decider<TCommand, TEvent, TState> decider,
        StreamName stream,
        TCommand command,
        CommandContext context,
        TimeProvider time,
        CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class =>
        (await processor.InsistOnAnswer(decider, stream, command, context, time, cancellationToken).ConfigureAwait(false) as CommandOutcome.Rejected)?.Rejection;

    /// <summary>The same, telling also what an accepted command wrote: the outcome is accepted or rejected.</summary>
    public static async Task<CommandOutcome> InsistOnAnswer<TCommand, TEvent, TState>(
        this ICommandProcessor processor,
        Decider<TCommand, TEvent, TState> decider,
        StreamName stream,
        TCommand command,
        CommandContext context,
        TimeProvider time,
        CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class
    {
        while (true)
        {
            var outcome = await processor.Handle(decider, stream, command, context, cancellationToken).ConfigureAwait(false);
            switch (outcome)
            {
                case CommandOutcome.Accepted or CommandOutcome.Rejected:
                    return outcome;
                case CommandOutcome.Overloaded overloaded:
                    await Task.Delay(overloaded.RetryAfter, time, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    throw new InvalidOperationException($"{context.CommandId} on {stream}: {outcome}");
            }
        }
    }
}
