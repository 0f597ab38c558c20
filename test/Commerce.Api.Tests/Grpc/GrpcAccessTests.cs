using Commerce.Api.Tests.Access;
using Commerce.Commands.Access;
using Commerce.Domain;
using Commerce.Domain.Access;
using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Tests.Grpc;

/// <summary>Who may call what: the table of REST holds here, and what is another's is not there.</summary>
[TestFixture]
public sealed class GrpcAccessTests : GrpcTest
{
    [Test]
    public async Task Who_does_not_say_who_it_is_or_not_truly_is_unauthenticated()
    {
        Assert.That(await As(null, c => new Wire.Orders.OrdersClient(c).ListOrdersAsync(new()).ResponseAsync), Is.EqualTo((StatusCode.Unauthenticated, "credentials-missing")));
        Assert.That(await As(ApiKey.New(), c => new Wire.Orders.OrdersClient(c).ListOrdersAsync(new()).ResponseAsync), Is.EqualTo((StatusCode.Unauthenticated, "credentials-invalid")));
        Assert.That(
            await As(null, async c =>
            {
                using var call = new Wire.Commands.CommandsClient(c).Execute();
                await call.ResponseStream.MoveNext(default);
            }),
            Is.EqualTo((StatusCode.Unauthenticated, "credentials-missing")));
    }

    [Test]
    public async Task Who_has_another_role_is_denied()
    {
        var analyst = await new People(App).With(AccessRole.Analyst);
        Assert.That(
            await As(analyst, c => new Wire.Orders.OrdersClient(c).PlaceOrderAsync(WishFor("A"), Keyed()).ResponseAsync), Is.EqualTo((StatusCode.PermissionDenied, "role-missing")));
        Assert.That(
            await As(analyst, async c =>
            {
                using var call = new Wire.Audit.AuditClient(c).Follow(new());
                await call.ResponseStream.MoveNext(default);
            }),
            Is.EqualTo((StatusCode.PermissionDenied, "role-missing")));
    }

    [Test]
    public async Task Each_command_of_many_on_a_call_is_held_to_its_own_row()
    {
        var sku = await Stocked(5);
        using var channel = As(await new People(App).Consumer(New("rpc-consumer"), CustomerId.Of("rpc-1")));
        using var call = new Wire.Commands.CommandsClient(channel).Execute(deadline: DateTime.UtcNow.AddMinutes(1));
        await call.RequestStream.WriteAsync(new() { Id = 1, IdempotencyKey = "a", PlaceOrder = Of(sku, "rpc-1") });
        await call.RequestStream.WriteAsync(new() { Id = 2, IdempotencyKey = "b", PlaceOrder = Of(sku, "rpc-2") });
        await call.RequestStream.WriteAsync(new() { Id = 3, IdempotencyKey = "c", ReceiveStock = new() { Sku = sku, Quantity = 1, Reference = "mine" } });
        await call.RequestStream.CompleteAsync();

        var answers = (await call.ResponseStream.ReadAllAsync().ToListAsync()).OrderBy(a => a.Id).Select(a => (a.AnswerCase, a.Refused?.Reason));
        Assert.That(answers, Is.EqualTo(new[]
        {
            (Wire.CommandAnswer.AnswerOneofCase.PlaceOrder, (string?)null), (Wire.CommandAnswer.AnswerOneofCase.Refused, "customer-foreign"), (Wire.CommandAnswer.AnswerOneofCase.Refused, "role-missing"),
        }));
    }

    [Test]
    public async Task What_is_another_customers_is_not_there()
    {
        var sku = await Stocked(5);
        var order = await Orders.PlaceOrderAsync(Of(sku, "rpc-3"), Keyed());
        await Until($"/orders/{order.OrderId}", "confirmed");
        var payment = (await Orders.GetOrderAsync(new() { OrderId = order.OrderId })).Payment.PaymentId;
        var people = new People(App);
        using var own = As(await people.Consumer(New("rpc-consumer"), CustomerId.Of("rpc-3")));
        var other = await people.Consumer(New("rpc-consumer"), CustomerId.Of("rpc-4"));

        Assert.That((await new Wire.Orders.OrdersClient(own).GetOrderAsync(new() { OrderId = order.OrderId })).CustomerId, Is.EqualTo("rpc-3"));
        Assert.That((await new Wire.Orders.OrdersClient(own).GetPaymentAsync(new() { PaymentId = payment })).OrderId, Is.EqualTo(order.OrderId));
        Assert.That((await new Wire.Orders.OrdersClient(own).ListOrdersAsync(new() { Sku = sku }, At(order.Done))).Items, Has.Count.EqualTo(1));
        Assert.That(await As(other, c => new Wire.Orders.OrdersClient(c).GetOrderAsync(new() { OrderId = order.OrderId }).ResponseAsync), Is.EqualTo((StatusCode.NotFound, "order-unknown")));
        Assert.That(await As(other, c => new Wire.Orders.OrdersClient(c).GetPaymentAsync(new() { PaymentId = payment }).ResponseAsync), Is.EqualTo((StatusCode.NotFound, "payment-unknown")));
        Assert.That(
            await As(other, c => new Wire.Orders.OrdersClient(c).CancelOrderAsync(new() { OrderId = order.OrderId, Reason = "mine" }, []).ResponseAsync), Is.EqualTo((StatusCode.NotFound, "order-unknown")));
        using var foreign = As(other);
        Assert.That((await new Wire.Orders.OrdersClient(foreign).ListOrdersAsync(new() { Sku = sku }, At(order.Done))).Items, Is.Empty);
    }

    static Wire.PlaceOrderRequest Of(string sku, string customer)
    {
        var wish = WishFor(sku);
        wish.CustomerId = customer;
        return wish;
    }

    async Task<(StatusCode Status, string? Reason)> As(ApiKey? key, Func<ChannelBase, Task> call)
    {
        using var channel = base.As(key);
        return await Refusal(() => call(channel));
    }
}
