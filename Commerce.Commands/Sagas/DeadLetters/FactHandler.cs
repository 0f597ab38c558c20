using Commerce.Commands.Payments;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>Does with a fact what its consumer does when the bus brings it.</summary>
sealed class FactHandler(FulfilmentRunner runner, PaymentExecutor executor)
{
    public async Task Handle(Consumers consumer, FactMessage fact, Guid id, CancellationToken cancellationToken)
    {
        using var cause = HandledMessage.Of(fact, id, consumer == Consumers.Payments ? PaymentExecutor.Actor : FulfilmentRunner.Actor);
        await (consumer == Consumers.Payments ? executor.Handle(cause, cancellationToken) : runner.React(cause, cancellationToken)).ConfigureAwait(false);
    }
}
