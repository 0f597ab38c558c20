using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Tests.Grpc;

/// <summary>Calls that stay open: many commands on one, followers of the log, and listeners of a sale.</summary>
[TestFixture]
public sealed class GrpcStreamTests : GrpcTest
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task Many_commands_on_one_call_are_each_decided_on_their_own_and_answered_under_the_clients_id()
    {
        // Several times as many as may be under way at once.
        const int Orders = 1_000;
        var sku = await Stocked(5);
        using var call = Commands.Execute(deadline: DateTime.UtcNow + Patience);
        var answers = Task.Run(() => call.ResponseStream.ReadAllAsync().ToListAsync().AsTask());
        for (var n = 1; n <= Orders; n++)
        {
            await call.RequestStream.WriteAsync(new() { Id = (ulong)n, IdempotencyKey = $"{sku}-{n}", PlaceOrder = WishFor(n % 100 == 0 ? "NONE" : sku) });
        }

        await call.RequestStream.WriteAsync(new() { Id = Orders + 1, PlaceOrder = WishFor(sku) });
        await call.RequestStream.WriteAsync(new() { Id = Orders + 2, ChangePrice = new() { Sku = sku, Price = Pounds("9.00") }, IfRevision = 17 });
        await call.RequestStream.WriteAsync(new() { Id = Orders + 3 });
        await call.RequestStream.CompleteAsync();

        var byId = (await answers).ToDictionary(a => a.Id);
        Assert.That(byId.Keys.Order(), Is.EqualTo(Enumerable.Range(1, Orders + 3).Select(n => (ulong)n)));
        Assert.That(byId.Values.Count(a => a.AnswerCase == Wire.CommandAnswer.AnswerOneofCase.PlaceOrder), Is.EqualTo(Orders - (Orders / 100)));
        Assert.That(byId.Values.Where(a => a.Id % 100 == 0 && a.Id <= Orders).Select(a => (a.Refused.Status, a.Refused.Reason, a.Refused.Metadata["sku"])), Is.All.EqualTo(((int)StatusCode.FailedPrecondition, "product-unknown", "NONE")));
        Assert.That(byId.Values.Where(a => a.Id > Orders).OrderBy(a => a.Id).Select(a => a.Refused.Reason), Is.EqualTo(new[] { "idempotency-key-missing", "revision-mismatch", "command-unknown" }));
        Assert.That(byId.Values.Select(a => a.PlaceOrder?.OrderId).OfType<string>(), Is.Unique);
    }

    [Test]
    public async Task Every_kind_of_command_goes_on_a_stream()
    {
        var sku = New("STREAM");
        using var call = Commands.Execute(deadline: DateTime.UtcNow + Patience);
        var next = 0UL;
        async Task<Wire.CommandAnswer> Send(Wire.Command command)
        {
            command.Id = ++next;
            command.IdempotencyKey = $"{sku}-{next}";
            await call.RequestStream.WriteAsync(command);
            Assert.That(await call.ResponseStream.MoveNext(default), Is.True);
            Assert.That((call.ResponseStream.Current.Id, call.ResponseStream.Current.Refused), Is.EqualTo((command.Id, (Wire.Refusal?)null)));
            return call.ResponseStream.Current;
        }

        var now = DateTimeOffset.UtcNow;
        await Send(new() { RegisterProduct = new() { Sku = sku, Name = "Mug", Price = Pounds("2.50") } });
        await Send(new() { ChangePrice = new() { Sku = sku, Price = Pounds("2.75") } });
        await Send(new() { ReceiveStock = new() { Sku = sku, Quantity = 9, Reference = "delivery" } });
        await Send(new() { WriteOffStock = new() { Sku = sku, Quantity = 1, Reason = "broken" } });
        var sale = await Send(new() { AnnounceFlashSale = new() { Sku = sku, Units = 2, UnitPrice = Pounds("1.00"), Opens = Time(now.AddMinutes(-1)), Closes = Time(now.AddHours(1)) } });
        var claim = await Send(new() { ClaimUnits = new() { SaleId = sale.FlashSale.SaleId, CustomerId = "c-1" } });
        await Send(new() { PayClaim = new() { SaleId = sale.FlashSale.SaleId, ClaimId = claim.Claim.ClaimId, PaymentToken = "tok_ok" } });
        await Send(new() { CloseFlashSale = new() { SaleId = sale.FlashSale.SaleId } });
        var order = (await Send(new() { PlaceOrder = WishFor(sku, 3) })).PlaceOrder.OrderId;
        await Until($"/orders/{order}", "confirmed");
        await Send(new() { ShipOrder = new() { OrderId = order, Lines = { new Wire.LineUnits { Line = 1, Quantity = 1 } } } });
        await Send(new() { ReturnOrder = new() { OrderId = order, Reason = "too red" } });
        await Send(new() { CancelRest = new() { OrderId = order, Reason = "enough" } });
        var called = (await Send(new() { PlaceOrder = WishFor(sku) })).PlaceOrder.OrderId;
        await Send(new() { CancelOrder = new() { OrderId = called, Reason = "changed my mind" } });
        await Send(new() { DiscontinueProduct = new() { Sku = sku } });
        await call.RequestStream.CompleteAsync();
        Assert.That(await call.ResponseStream.MoveNext(default), Is.False);
    }

    [Test]
    public async Task A_follower_is_told_what_is_there_then_that_it_has_caught_up_then_what_happens()
    {
        var sku = await Product();
        using var call = Audit.Follow(new() { StreamPrefixes = { $"product-{sku}" } }, deadline: DateTime.UtcNow + Patience);
        var told = call.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        Assert.That((await Next(told)).Event.Stream, Is.EqualTo($"product-{sku}"));
        Assert.That((await Next(told)).CaughtUp, Is.True);

        var priced = await Catalogue.ChangePriceAsync(new() { Sku = sku, Price = Pounds("3.00") }, []);
        // Between the two it may be told a position, and more than once that it has caught up.
        var live = await Next(told);
        while (live.Event is null)
        {
            live = await Next(told);
        }

        Assert.That((live.Event.Type, live.Position), Is.EqualTo(("product-price-changed.v1", priced.Done.Position)));
    }

    [Test]
    public async Task A_follower_comes_again_behind_what_it_heard_and_names_the_types_it_wants()
    {
        var sku = await Product();
        var first = await Catalogue.ChangePriceAsync(new() { Sku = sku, Price = Pounds("3.00") }, []);
        await Catalogue.DiscontinueProductAsync(new() { Sku = sku }, []);
        using var call = Audit.Follow(new() { After = first.Done.Position, StreamPrefixes = { $"product-{sku}" } }, deadline: DateTime.UtcNow + Patience);
        Assert.That((await Next(call.ResponseStream.ReadAllAsync().GetAsyncEnumerator())).Event.Type, Is.EqualTo("product-discontinued.v1"));

        using var chosen = Audit.Follow(new() { StreamPrefixes = { $"product-{sku}" }, Types_ = { "product-price-changed.v1" } }, deadline: DateTime.UtcNow + Patience);
        Assert.That((await Next(chosen.ResponseStream.ReadAllAsync().GetAsyncEnumerator())).Event.Type, Is.EqualTo("product-price-changed.v1"));
    }

    [Test]
    public async Task A_listener_hears_how_a_sale_goes_until_it_is_closed()
    {
        var sku = await Stocked(5);
        var now = DateTimeOffset.UtcNow;
        var sale = await FlashSales.AnnounceFlashSaleAsync(new() { Sku = sku, Units = 3, UnitPrice = Pounds("1.95"), Opens = Time(now.AddMinutes(-1)), Closes = Time(now.AddHours(1)) }, Keyed());
        await FlashSales.GetFlashSaleAsync(new() { SaleId = sale.SaleId }, At(sale.Done));
        using var call = FlashSales.Watch(new() { SaleId = sale.SaleId }, deadline: DateTime.UtcNow + Patience);
        var told = call.ResponseStream.ReadAllAsync().GetAsyncEnumerator();
        Assert.That((await Next(told)).Remaining, Is.EqualTo(3));

        await FlashSales.ClaimUnitsAsync(new() { SaleId = sale.SaleId, CustomerId = "c-1" }, Keyed());
        Assert.That((await Next(told)).Remaining, Is.EqualTo(2));
        await FlashSales.CloseFlashSaleAsync(new() { SaleId = sale.SaleId }, []);
        var last = await Next(told);
        while (await told.MoveNextAsync())
        {
            last = told.Current;
        }

        Assert.That(last.Status, Is.EqualTo("closed"));
        Assert.That(await Refusal(() => Hear(Guid.NewGuid())), Is.EqualTo((StatusCode.NotFound, "sale-unknown")));
    }

    async Task Hear(Guid sale)
    {
        using var call = FlashSales.Watch(new() { SaleId = sale.ToString() });
        await call.ResponseStream.MoveNext(default);
    }

    static async Task<T> Next<T>(IAsyncEnumerator<T> told)
    {
        Assert.That(await told.MoveNextAsync(), Is.True);
        return told.Current;
    }

    static Google.Protobuf.WellKnownTypes.Timestamp Time(DateTimeOffset time) => Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(time);
}
