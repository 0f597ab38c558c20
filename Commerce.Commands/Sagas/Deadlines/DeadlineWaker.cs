using Commerce.Domain.Fulfilment;

namespace Commerce.Commands.Sagas.Deadlines;

/// <summary>Tells an order's saga that it is late, and does what follows. Told twice it does nothing more.</summary>
sealed class DeadlineWaker(FulfilmentRunner runner, TimeProvider time)
{
    /// <summary>Who its commands and events are recorded by.</summary>
    public const string Actor = "deadlines";

    public async Task Wake(Deadline deadline, CancellationToken cancellationToken)
    {
        using var cause = new Cause(deadline.Order, Actor, deadline.Cause, deadline.Correlation, "deadline", deadline.TraceParent);
        await runner.React(new FulfilmentInput.DeadlinePassed(time.GetUtcNow()), cause, cancellationToken).ConfigureAwait(false);
    }
}
