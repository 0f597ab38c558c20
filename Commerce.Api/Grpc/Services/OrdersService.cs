using Commerce.Api.Endpoints;
using Commerce.Api.Grpc.Incoming;
using Commerce.Api.Grpc.Mapping;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Domain;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Services;

/// <summary><c>commerce.v1.Orders</c>.</summary>
sealed class OrdersService(OrderCalls calls, OrderQueries orders, PaymentQueries payments) : Wire.Orders.OrdersBase
{
    /// <inheritdoc/>
    public override async Task<Wire.PlaceOrderReply> PlaceOrder(Wire.PlaceOrderRequest request, ServerCallContext context) =>
        (await calls.Place(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.CancelOrderReply> CancelOrder(Wire.CancelOrderRequest request, ServerCallContext context) =>
        (await calls.Cancel(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.CancelRestReply> CancelRest(Wire.CancelRestRequest request, ServerCallContext context) =>
        (await calls.CancelRest(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.ShipOrderReply> ShipOrder(Wire.ShipOrderRequest request, ServerCallContext context) =>
        (await calls.Ship(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.ReturnOrderReply> ReturnOrder(Wire.ReturnOrderRequest request, ServerCallContext context) =>
        (await calls.Return(request, CallMetadata.Of(context), context.CancellationToken).ConfigureAwait(false)).OrRefuse();

    /// <inheritdoc/>
    public override async Task<Wire.Order> GetOrder(Wire.GetOrderRequest request, ServerCallContext context)
    {
        var id = Fields.Required<OrderId>("order_id", request.OrderId, Fields.IdRule);
        await context.WaitFor(ProjectionNames.Orders).ConfigureAwait(false);
        return await orders.Get(id, context.CancellationToken).ConfigureAwait(false) is { } order && context.GetHttpContext().Caller().MayActFor(order.Customer)
            ? OrderMessages.Of(order)
            : throw Problems.Of(OrderRejections.Unknown).Exception();
    }

    /// <inheritdoc/>
    public override async Task<Wire.OrderPage> ListOrders(Wire.ListOrdersRequest request, ServerCallContext context)
    {
        var filter = new OrderFilter
        {
            Status = Words.Value("status", request.Status, OrderStatus.None),
            Customer = Fields.Optional<CustomerId>("customer_id", request.CustomerId, Fields.NameRule),
            Country = Query.Text("country", request.Country, Order.CountryLengthMax),
            Sku = Fields.Optional<Sku>("sku", request.Sku, Fields.NameRule),
            IsCompensating = request.HasCompensating ? request.Compensating : null,
            From = Fields.OptionalTime("from", request.From),
            To = Fields.OptionalTime("to", request.To),
            Customers = context.GetHttpContext().Caller().Customers,
        };
        var wanted = Replies.PageOf(request.Page);
        await context.WaitFor([.. filter.Projections]).ConfigureAwait(false);
        var (items, next) = (await orders.Find(filter, wanted, context.CancellationToken).ConfigureAwait(false)).OrRefuse();
        return new() { Items = { items.Select(OrderMessages.Of) }, Next = next };
    }

    /// <inheritdoc/>
    public override async Task<Wire.Payment> GetPayment(Wire.GetPaymentRequest request, ServerCallContext context)
    {
        var id = Fields.Required<PaymentId>("payment_id", request.PaymentId, Fields.IdRule);
        await context.WaitFor(ProjectionNames.Orders).ConfigureAwait(false);
        return await payments.Get(id, context.CancellationToken).ConfigureAwait(false) is { } payment
            && await OrderQueryEndpoints.IsOwn(payment, context.GetHttpContext().Caller(), orders, context.CancellationToken).ConfigureAwait(false)
            ? OrderMessages.Of(payment)
            : throw Problems.Of(PaymentRejections.Unknown).Exception();
    }
}
