using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.Processes;

/// <summary>Stands between the processes of the house and the aggregates and makes one defect.</summary>
sealed class Saboteur(ICommandProcessor inner, Mutation mutation, LogServer log) : ICommandProcessor
{
    static readonly CommandOutcome Pretended = new CommandOutcome.Accepted(0, default, Replayed: false, []);

    int _commands;

    public async Task<CommandOutcome> Handle<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command, CommandContext context, CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class
    {
        switch (mutation, command)
        {
            case (Mutation.SkipTheVoid, PaymentCommand.RequestVoid) or (Mutation.DropTheRelease, StockCommand.Release):
                return Pretended;
            case (Mutation.ForgetTheDeduplication, StockCommand forgotten):
                context = context with { CommandId = context.CommandId is { } id ? $"{id}#{_commands}" : null };
                command = (TCommand)(object)AsAnother(forgotten);
                break;
            case (Mutation.ConfirmBeforeAuthorise, PaymentCommand.Request request):
                await inner.Handle(Order.Decider, Order.StreamOf(request.Order), new OrderCommand.Confirm(), context with { CommandId = $"{request.Order}/confirm" }, cancellationToken).ConfigureAwait(false);
                break;
        }

        var outcome = await inner.Handle(decider, stream, command, context, cancellationToken).ConfigureAwait(false);
        object? again = (mutation, command, outcome) switch
        {
            (Mutation.ReleaseTwice, StockCommand.Release, CommandOutcome.Accepted { Events: [StockEvent.Released released] }) => released,
            (Mutation.OfferAgainTwice, FlashSaleCommand.Return, CommandOutcome.Accepted { Events: [FlashSaleEvent.ClaimReturned returned, ..] }) => returned,
            (Mutation.TakeUnitsTwice, FlashSaleCommand.TakeUnits, CommandOutcome.Accepted { Events: [FlashSaleEvent.UnitsTaken taken, ..] }) => taken,
            _ => null,
        };
        if (again is not null)
        {
            log.Append(stream, ExpectedRevision.Any, [new NewEvent(Guid.NewGuid(), EventCatalog.NameOf(again), EventCatalog.ToJson(again), new EventMetadata { OccurredAt = default }.ToJson())]);
        }

        return outcome;
    }

    // What moves units is known by its own id as well.
    StockCommand AsAnother(StockCommand command) => command switch
    {
        StockCommand.Ship c => c with { Shipment = Uuid.FromName(c.Shipment, $"{_commands++}") },
        StockCommand.Return c => c with { Id = Uuid.FromName(c.Id, $"{_commands++}") },
        _ => command,
    };

    public Task<Loaded<TState>> Load<TCommand, TEvent, TState>(
        Decider<TCommand, TEvent, TState> decider, StreamName stream, CancellationToken cancellationToken)
        where TCommand : notnull
        where TEvent : class => inner.Load(decider, stream, cancellationToken);
}
