using Commerce.Domain.Fulfilment;

namespace Commerce.Commands.Sagas.Deadlines;

/// <summary>
/// Tells an order's saga that it is late, and does what follows. Told twice it does nothing more. It passes the gate of dead letters
/// by: stock and money are not held for ever because a message cannot be handled, and what comes of a deadline the streams of the
/// order and its payment decide, which know what the saga has not heard yet.
/// </summary>
sealed class DeadlineWaker(FulfilmentRunner runner, TimeProvider time)
{
    /// <summary>Who its commands and events are recorded by.</summary>
    public const string Actor = "deadlines";

    public async Task Wake(Deadline deadline, CancellationToken cancellationToken)
    {
        using var cause = new Cause(deadline.Order, Actor, deadline.Cause, deadline.Correlation, "deadline", deadline.TraceParent);
        FulfilmentInput input = StockWatch.IsOf(deadline) ? new FulfilmentInput.StockUnaccounted() : new FulfilmentInput.DeadlinePassed(time.GetUtcNow());
        await runner.React(input, cause, cancellationToken).ConfigureAwait(false);
    }
}
