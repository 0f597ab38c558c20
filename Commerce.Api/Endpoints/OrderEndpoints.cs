using Commerce.Api.Http;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Orders;

namespace Commerce.Api.Endpoints;

/// <summary>Orders: <c>/orders</c>.</summary>
static class OrderEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/orders").WithTags("Orders");

        // Asked for once, here: a service that a request asks for costs it a scope.
        var placement = ((IEndpointRouteBuilder)orders).ServiceProvider.GetRequiredService<OrderPlacement>();
        orders.MapPost("/", (Body<PlaceOrder> body, CommandRequest request, CancellationToken ct) => placement.Place(body.Value, request, ct))
            .Command("PlaceOrder", "Place an order", isKeyRequired: true)
            .Answers<OrderAccepted>(201, 422);

        orders.MapPost("/{id}/cancel", async (OrderId id, Body<CancelOrder> body, CommandRequest request, CommandProcessor commands, CancellationToken ct) =>
            {
                var outcome = await commands.Handle(Order.Decider, Order.StreamOf(id), new OrderCommand.Cancel(body.Value.Reason), request.Context(body.Value, ApiJson.Default.CancelOrder), ct);
                return outcome.Ok(ApiJson.Default.OrderCancelled, done => new(id, "cancelled", done.Position.ToString()));
            })
            .Command("CancelOrder", "Call an order off before it is shipped", isKeyRequired: false)
            .Answers<OrderCancelled>(200, 404, 409, 412, 422);

        orders.MapPost("/{id}/cancel-rest", async (OrderId id, Body<CancelRest> body, CommandRequest request, CommandProcessor commands, CancellationToken ct) =>
            {
                var command = new OrderCommand.CancelRest(body.Value.Reason, Words.Value("by", body.Value.By, CancelCause.ReservationExpired) ?? CancelCause.Customer);
                var outcome = await commands.Handle(Order.Decider, Order.StreamOf(id), command, request.Context(body.Value, ApiJson.Default.CancelRest), ct);
                return outcome.Ok(ApiJson.Default.OrderRestCancelled, done => new(id, done.Position.ToString()));
            })
            .Command("CancelRest", "Call off what was not sent of an order of which a part was: it ends with what was sent", isKeyRequired: false)
            .Answers<OrderRestCancelled>(200, 404, 409, 412, 422);

        orders.MapPost("/{id}/shipments", async (OrderId id, Body<ShipOrder> body, CommandRequest request, CommandProcessor commands, CancellationToken ct) =>
            {
                var command = new OrderCommand.Ship(request.Id, LineUnits.ToDomain(body.Value.Lines));
                var outcome = await commands.Handle(Order.Decider, Order.StreamOf(id), command, request.Context(body.Value, ApiJson.Default.ShipOrder), ct);
                return outcome.Created($"/orders/{id}", ApiJson.Default.ShipmentAccepted, done => Shipped(id, done));
            })
            .Command("ShipOrder", "Send out an order, or some of it", isKeyRequired: true)
            .Answers<ShipmentAccepted>(201, 404, 409, 412, 422);

        orders.MapPost("/{id}/returns", async (OrderId id, Body<ReturnOrder> body, CommandRequest request, CommandProcessor commands, CancellationToken ct) =>
            {
                var command = new OrderCommand.Return(request.Id, LineUnits.ToDomain(body.Value.Lines), body.Value.Reason);
                var outcome = await commands.Handle(Order.Decider, Order.StreamOf(id), command, request.Context(body.Value, ApiJson.Default.ReturnOrder), ct);
                return outcome.Created($"/orders/{id}", ApiJson.Default.ReturnAccepted, done => Returned(id, done));
            })
            .Command("ReturnOrder", "Take an order back, or some of it", isKeyRequired: true)
            .Answers<ReturnAccepted>(201, 404, 409, 412, 422);
    }

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
