using Commerce.Domain.Fulfilment;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Sagas;

/// <summary>
/// Brings a fact to an order's saga and does what <see cref="FulfilmentProcess"/> wants, until it wants nothing more. Whatever
/// it is cut short at, the same fact again leads to the same end.
/// </summary>
sealed class FulfilmentRunner(FulfilmentProcess process, FulfilmentCommands commands, FulfilmentStore store, TimeProvider time)
{
    /// <summary>Who its commands and events are recorded by.</summary>
    public const string Actor = "saga";

    /// <summary>Times that it begins anew at once after the saga was moved on beside it.</summary>
    const int ConflictTriesMax = 10;

    /// <summary>Brings the fact that a message carries.</summary>
    /// <exception cref="SagaConflictException">Another node moved the saga on; load it again.</exception>
    public Task React(FulfilmentInstance saga, HandledMessage cause, CancellationToken cancellationToken) => React(saga, InputOf(cause), cause, cancellationToken);

    /// <summary>Brings a fact to its order's saga as the log has it now.</summary>
    public Task React(HandledMessage cause, CancellationToken cancellationToken) => React(InputOf(cause), cause, cancellationToken);

    /// <summary>Brings what no bus brought to its order's saga as the log has it now, and begins anew where another node moves that on meanwhile.</summary>
    /// <param name="input">What it is told.</param>
    /// <param name="cause">What everything that follows carries on from.</param>
    /// <param name="cancellationToken">Cancels the waiting for the log.</param>
    /// <exception cref="SagaConflictException">Others were faster again and again.</exception>
    public async Task React(FulfilmentInput input, Cause cause, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var saga = await store.Load(cause.Order.Value, cancellationToken).ConfigureAwait(false);
                await React(saga, input, cause, cancellationToken).ConfigureAwait(false);
                store.Keep(saga);
                return;
            }
            catch (SagaConflictException) when (attempt < ConflictTriesMax)
            {
                // Decided anew on what is there now.
            }
        }
    }

    /// <summary>Brings what no message carries, e.g. that a deadline has passed.</summary>
    /// <param name="saga">The saga.</param>
    /// <param name="input">What it is told.</param>
    /// <param name="cause">What everything that follows carries on from.</param>
    /// <param name="cancellationToken">Cancels the waiting for the log.</param>
    /// <exception cref="SagaConflictException">Another node moved the saga on; load it again.</exception>
    public async Task React(FulfilmentInstance saga, FulfilmentInput input, Cause cause, CancellationToken cancellationToken)
    {
        var before = saga.State.OrderStatus;
        var reaction = process.React(saga.State, input);
        await Act(saga, reaction, cause, cancellationToken).ConfigureAwait(false);
        await Save(saga, cause, cancellationToken).ConfigureAwait(false);
        if (reaction.IsHeardAgain)
        {
            // Saved before: only then is it this attempt that serves the order, and what is elsewhere is nobody's.
            await Act(saga, process.React(saga.State, input), cause, cancellationToken).ConfigureAwait(false);
            await Save(saga, cause, cancellationToken).ConfigureAwait(false);
        }

        SagaTelemetry.Moved(before, saga.State.OrderStatus, time.GetUtcNow() - process.PlacedAt(saga.State));
    }

    // Does what is wanted, and what follows from the answers, until nothing more is.
    async Task Act(FulfilmentInstance saga, Reaction reaction, Cause cause, CancellationToken cancellationToken)
    {
        saga.Note(reaction);
        while (!reaction.Commands.IsEmpty)
        {
            if (reaction.IsSavedFirst)
            {
                await Save(saga, cause, cancellationToken).ConfigureAwait(false);
            }

            var answers = new List<FulfilmentInput>();
            foreach (var command in reaction.Commands)
            {
                answers.AddRange(await commands.Do(command, cause, cancellationToken).ConfigureAwait(false));
            }

            reaction = process.React(reaction.State, [.. answers]);
            saga.Note(reaction);
        }
    }

    Task Save(FulfilmentInstance saga, Cause cause, CancellationToken cancellationToken) =>
        saga.Unsaved.Count == 0 ? Task.CompletedTask : store.Save(saga, cause.Metadata(time.GetUtcNow()), cancellationToken);

    static FulfilmentInput InputOf(HandledMessage message) => message.Event switch
    {
        OrderEvent.Placed e => new FulfilmentInput.OrderPlaced(e, message.OccurredAt),
        OrderEvent.Cancelled e => new FulfilmentInput.OrderCancelled(e.Cause),
        OrderEvent.RestCancelled e => new FulfilmentInput.OrderRestCancelled(e),
        OrderEvent.Shipped e => new FulfilmentInput.OrderShipped(e),
        OrderEvent.Returned e => new FulfilmentInput.OrderReturned(e),
        PaymentEvent.Authorised => new FulfilmentInput.PaymentAuthorised(),
        PaymentEvent.AuthorisedLate => new FulfilmentInput.PaymentAuthorisedLate(),
        PaymentEvent.Declined e => new FulfilmentInput.PaymentDeclined(e.Code),
        PaymentEvent.Expired => new FulfilmentInput.PaymentExpired(),
        PaymentEvent.Captured e => new FulfilmentInput.PaymentCaptured(e.Capture),
        PaymentEvent.Voided => new FulfilmentInput.PaymentVoided(),
        PaymentEvent.Refunded e => new FulfilmentInput.PaymentRefunded(e.Refund),
        var other => throw new InvalidOperationException($"{other.GetType()} is no input of the saga."),
    };
}
