using Commerce.Api.Endpoints;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Orders;

namespace Commerce.Api.Handling;

/// <summary>Commands to orders that are placed.</summary>
sealed class OrderHandlers(CommandProcessor commands)
{
    /// <summary>Calls an order off before it is shipped.</summary>
    public async Task<Handled<OrderCancelled>> Cancel(OrderId id, CancelOrder body, CommandCall call, CancellationToken cancellationToken)
    {
        var context = call.Context($"POST /orders/{id}/cancel", body, ApiJson.Default.CancelOrder);
        var outcome = await Handle(id, new OrderCommand.Cancel(body.Reason), call, context, cancellationToken).ConfigureAwait(false);
        return outcome.As(done => new OrderCancelled(id, "cancelled", done.Position.ToString()));
    }

    /// <summary>Calls off what was not sent of an order.</summary>
    /// <exception cref="RefusedRequestException">Nobody of that name calls orders off.</exception>
    public async Task<Handled<OrderRestCancelled>> CancelRest(OrderId id, CancelRest body, CommandCall call, CancellationToken cancellationToken)
    {
        var command = new OrderCommand.CancelRest(body.Reason, Words.Value("by", body.By, CancelCause.ReservationExpired) ?? CancelCause.Customer);
        var context = call.Context($"POST /orders/{id}/cancel-rest", body, ApiJson.Default.CancelRest);
        var outcome = await Handle(id, command, call, context, cancellationToken).ConfigureAwait(false);
        return outcome.As(done => new OrderRestCancelled(id, done.Position.ToString()));
    }

    /// <summary>Sends out an order, or some of it.</summary>
    public async Task<Handled<ShipmentAccepted>> Ship(OrderId id, ShipOrder body, CommandCall call, CancellationToken cancellationToken)
    {
        var context = call.Context($"POST /orders/{id}/shipments", body, ApiJson.Default.ShipOrder);
        var outcome = await Handle(id, new OrderCommand.Ship(call.Id, LineUnits.ToDomain(body.Lines)), call, context, cancellationToken).ConfigureAwait(false);
        return outcome.As(done => Shipped(id, done));
    }

    /// <summary>Takes an order back, or some of it.</summary>
    public async Task<Handled<ReturnAccepted>> Return(OrderId id, ReturnOrder body, CommandCall call, CancellationToken cancellationToken)
    {
        var context = call.Context($"POST /orders/{id}/returns", body, ApiJson.Default.ReturnOrder);
        var outcome = await Handle(id, new OrderCommand.Return(call.Id, LineUnits.ToDomain(body.Lines), body.Reason), call, context, cancellationToken).ConfigureAwait(false);
        return outcome.As(done => Returned(id, done));
    }

    async Task<CommandOutcome> Handle(OrderId id, OrderCommand command, CommandCall call, CommandContext context, CancellationToken cancellationToken) =>
        await IsForeign(id, call.Caller, cancellationToken).ConfigureAwait(false)
            ? new CommandOutcome.Rejected(OrderRejections.Unknown)
            : await commands.Handle(Order.Decider, Order.StreamOf(id), command, context, cancellationToken).ConfigureAwait(false);

    // Whose an order is never changes: it can be asked before. To who may not see it, it does not exist.
    async Task<bool> IsForeign(OrderId id, Caller caller, CancellationToken cancellationToken) =>
        caller.Customers is not null
            && !caller.MayActFor((await commands.Load(Order.Decider, Order.StreamOf(id), cancellationToken).ConfigureAwait(false)).State.Customer);

    static ShipmentAccepted Shipped(OrderId id, CommandOutcome.Accepted done)
    {
        var shipped = done.Events.OfType<OrderEvent.Shipped>().Single();
        return new(id, shipped.Shipment, LineUnits.Of(shipped.Lines), shipped.Amount, done.Position.ToString());
    }

    static ReturnAccepted Returned(OrderId id, CommandOutcome.Accepted done)
    {
        var returned = done.Events.OfType<OrderEvent.Returned>().Single();
        return new(id, returned.Return, LineUnits.Of(returned.Lines), returned.Amount, done.Position.ToString());
    }
}
