using Commerce.Api.Handling;
using Commerce.Api.Http;
using Commerce.Domain;

namespace Commerce.Api.Endpoints;

/// <summary>Orders: <c>/orders</c>.</summary>
static class OrderEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapOrders(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/orders").WithTags("Orders");

        // Asked for once, here: a service that a request asks for costs it a scope.
        var services = ((IEndpointRouteBuilder)orders).ServiceProvider;
        var (placement, handlers) = (services.GetRequiredService<OrderPlacement>(), services.GetRequiredService<OrderHandlers>());
        orders.MapPost("/", async (Body<PlaceOrder> body, CommandRequest request, CancellationToken ct) =>
                (await placement.Place(body.Value, request, ct)).Created(ApiJson.Default.OrderAccepted, order => AddressOf(order.OrderId)))
            .Command("PlaceOrder", "Place an order", isKeyRequired: true)
            .Answers<OrderAccepted>(201, 422);

        orders.MapPost("/{id}/cancel", async (OrderId id, Body<CancelOrder> body, CommandRequest request, CancellationToken ct) =>
                (await handlers.Cancel(id, body.Value, request, ct)).Ok(ApiJson.Default.OrderCancelled))
            .Command("CancelOrder", "Call an order off before it is shipped", isKeyRequired: false)
            .Answers<OrderCancelled>(200, 404, 409, 412, 422);

        orders.MapPost("/{id}/cancel-rest", async (OrderId id, Body<CancelRest> body, CommandRequest request, CancellationToken ct) =>
                (await handlers.CancelRest(id, body.Value, request, ct)).Ok(ApiJson.Default.OrderRestCancelled))
            .Command("CancelRest", "Call off what was not sent of an order of which a part was: it ends with what was sent", isKeyRequired: false)
            .Answers<OrderRestCancelled>(200, 404, 409, 412, 422);

        orders.MapPost("/{id}/shipments", async (OrderId id, Body<ShipOrder> body, CommandRequest request, CancellationToken ct) =>
                (await handlers.Ship(id, body.Value, request, ct)).Created(ApiJson.Default.ShipmentAccepted, shipped => AddressOf(shipped.OrderId)))
            .Command("ShipOrder", "Send out an order, or some of it", isKeyRequired: true)
            .Answers<ShipmentAccepted>(201, 404, 409, 412, 422);

        orders.MapPost("/{id}/returns", async (OrderId id, Body<ReturnOrder> body, CommandRequest request, CancellationToken ct) =>
                (await handlers.Return(id, body.Value, request, ct)).Created(ApiJson.Default.ReturnAccepted, returned => AddressOf(returned.OrderId)))
            .Command("ReturnOrder", "Take an order back, or some of it", isKeyRequired: true)
            .Answers<ReturnAccepted>(201, 404, 409, 412, 422);
    }

    static string AddressOf(OrderId order) => $"/orders/{order}";
}
