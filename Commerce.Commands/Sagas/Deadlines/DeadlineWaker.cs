using Commerce.Domain.Fulfilment;

namespace Commerce.Commands.Sagas.Deadlines;

/// <summary>Tells an order's saga that it is late, and does what follows. Told twice it does nothing more.</summary>
sealed class DeadlineWaker(FulfilmentRunner runner, FulfilmentStore store, TimeProvider time)
{
    /// <summary>Who its commands and events are recorded by.</summary>
    public const string Actor = "deadlines";

    /// <summary>Times that it begins anew at once after the saga was moved on beside it.</summary>
    const int ConflictRetriesMax = 10;

    public async Task Wake(Deadline deadline, CancellationToken cancellationToken)
    {
        using var cause = new Cause(deadline.Order, Actor, deadline.Cause, deadline.Correlation, "deadline", deadline.TraceParent);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var saga = await store.Load(deadline.Order.Value, cancellationToken).ConfigureAwait(false);
                await runner.React(saga, new FulfilmentInput.DeadlinePassed(time.GetUtcNow()), cause, cancellationToken).ConfigureAwait(false);
                store.Keep(saga);
                return;
            }
            catch (SagaConflictException) when (attempt < ConflictRetriesMax)
            {
                // Decided anew on what is there now.
            }
        }
    }
}
