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
        where TEvent : class
    {
        while (true)
        {
            switch (await processor.Handle(decider, stream, command, context, cancellationToken).ConfigureAwait(false))
            {
                case CommandOutcome.Accepted:
                    return null;
                case CommandOutcome.Rejected rejected:
                    return rejected.Rejection;
                case CommandOutcome.Overloaded overloaded:
                    await Task.Delay(overloaded.RetryAfter, time, cancellationToken).ConfigureAwait(false);
                    break;
                case var other:
                    throw new InvalidOperationException($"{context.CommandId} on {stream}: {other}");
            }
        }
    }
}
