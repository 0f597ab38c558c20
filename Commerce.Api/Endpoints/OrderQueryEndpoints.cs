using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Domain;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Projections;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Microsoft.AspNetCore.Mvc;

namespace Commerce.Api.Endpoints;

/// <summary>Reading of <c>/orders</c> and <c>/payments</c>.</summary>
static class OrderQueryEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapOrderQueries(this IEndpointRouteBuilder routes)
    {
        var orders = routes.MapGroup("/orders").WithTags("Orders");

        // Asked for once, here: a service that a request asks for costs it a scope.
        var queries = routes.ServiceProvider.GetRequiredService<OrderQueries>();
        orders.MapGet("/{id}", async (OrderId id, HttpContext http, CancellationToken ct) =>
                await queries.Get(id, ct) is { } order && http.Caller().MayActFor(order.Customer)
                    ? WrittenDocument<OrderView, OrderResource>.Answer(http, order, order.Revision, OrderResource.Of, ApiJson.Default.OrderResource)
                    : Problems.Of(OrderRejections.Unknown))
            .Describe("GetOrder", "An order with its lines, payment and stock")
            .WaitsFor(ProjectionNames.Orders)
            .Answers<OrderResource>(200, 404);

        orders.MapGet("/", async ([AsParameters] OrderListParameters wanted, HttpContext http, CancellationToken ct) =>
                await List(queries, wanted.Filter() with { Customers = http.Caller().Customers }, wanted.Page(), http, ct))
            .Describe("ListOrders", "Orders, the last placed first", "`from` is included, `to` is not; both are times or days (UTC).")
            .WaitsFor()
            .Answers<OrderPage>(200);

        routes.MapGroup("/payments").WithTags("Payments")
            .MapGet("/{id}", async (PaymentId id, HttpContext http, PaymentQueries payments, CancellationToken ct) =>
                await payments.Get(id, ct) is { } payment && await IsOwn(payment, http.Caller(), queries, ct)
                    ? WrittenDocument<PaymentView, PaymentResource>.Answer(http, payment, payment.Revision, PaymentResource.Of, ApiJson.Default.PaymentResource)
                    : Problems.Of(PaymentRejections.Unknown))
            .Describe("GetPayment", "The payment of an order")
            .WaitsFor(ProjectionNames.Orders)
            .Answers<PaymentResource>(200, 404);
    }

    static async Task<IResult> List(OrderQueries orders, OrderFilter filter, PageRequest page, HttpContext http, CancellationToken cancellationToken) =>
        await WaitingQueries.Refusal(http, filter.Projections)
        ?? QueryAnswers.List(await orders.Find(filter, page, cancellationToken), (items, next) => new OrderPage([.. items.Select(OrderResource.Of)], next), ApiJson.Default.OrderPage);

    /// <summary>Whether a payment is the caller's business. It says whose order it pays, not whose customer's.</summary>
    public static async Task<bool> IsOwn(PaymentView payment, Caller caller, OrderQueries orders, CancellationToken cancellationToken) =>
        caller.Customers is null || caller.MayActFor((await orders.Get(new OrderId(payment.Order), cancellationToken).ConfigureAwait(false))?.Customer);
}

/// <summary>Which orders are wanted.</summary>
/// <param name="Status">Where they stand.</param>
/// <param name="CustomerId">Who ordered.</param>
/// <param name="Country">Where to.</param>
/// <param name="Sku">A SKU on one of their lines.</param>
/// <param name="Compensating">Whether something of them is being undone: true or false.</param>
/// <param name="From">Placed then or later.</param>
/// <param name="To">Placed before.</param>
/// <param name="Limit">Items of a page.</param>
/// <param name="Cursor">What the page before said comes next.</param>
sealed record OrderListParameters(
    [FromQuery(Name = "status")] string? Status,
    [FromQuery(Name = "customerId")] string? CustomerId,
    [FromQuery(Name = "country")] string? Country,
    [FromQuery(Name = "sku")] string? Sku,
    [FromQuery(Name = "compensating")] string? Compensating,
    [FromQuery(Name = "from")] string? From,
    [FromQuery(Name = "to")] string? To,
    [FromQuery(Name = "limit")] string? Limit,
    [FromQuery(Name = "cursor")] string? Cursor)
{
    /// <summary>What they ask for.</summary>
    /// <exception cref="RefusedRequestException">One of them is none.</exception>
    public OrderFilter Filter() => new()
    {
        Status = Words.Value("status", Status, OrderStatus.None),
        Customer = Query.Value<CustomerId>("customerId", CustomerId, $"1 to {Domain.CustomerId.LengthMax} letters, digits, dots, dashes and underscores"),
        Country = Query.Text("country", Country, Order.CountryLengthMax),
        Sku = Query.Value<Sku>("sku", Sku, $"1 to {Domain.Sku.LengthMax} letters, digits, dots, dashes and underscores"),
        IsCompensating = Query.Flag("compensating", Compensating),
        From = Query.Time("from", From),
        To = Query.Time("to", To),
    };

    /// <summary>Which page of them.</summary>
    /// <exception cref="RefusedRequestException">The limit is none.</exception>
    public PageRequest Page() => QueryAnswers.Page(Limit, Cursor);
}
