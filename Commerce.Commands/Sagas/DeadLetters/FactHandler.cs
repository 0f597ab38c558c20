using Commerce.Commands.FlashSales;
using Commerce.Commands.Payments;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>Does with a fact what its consumer does when the bus brings it.</summary>
sealed class FactHandler(FulfilmentRunner runner, PaymentExecutor executor, FlashSaleDesk sales)
{
    public async Task Handle(Consumers consumer, FactMessage fact, Guid id, CancellationToken cancellationToken)
    {
        using var cause = HandledMessage.Of(fact, id, ActorOf(consumer));
        await (consumer switch
        {
            Consumers.Payments => executor.Handle(cause, cancellationToken),
            Consumers.FlashSales => sales.Handle(cause, cancellationToken),
            _ => runner.React(cause, cancellationToken),
        }).ConfigureAwait(false);
    }

    static string ActorOf(Consumers consumer) => consumer switch
    {
        Consumers.Payments => PaymentExecutor.Actor,
        Consumers.FlashSales => FlashSaleDesk.Actor,
        _ => FulfilmentRunner.Actor,
    };
}
