using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using static Commerce.Projections.Tests.Auditing.Sample;

namespace Commerce.Projections.Tests.Auditing;

/// <summary>Each log breaks one rule with its last event; the auditor names that event and that rule.</summary>
public sealed class OffenceTests
{
    static IEnumerable<TestCaseData> Broken()
    {
        yield return Breaks("available-below-zero", Log().With(MugStock, Received(4), Reserved(5)));
        yield return Breaks("available-below-zero", Log().With(MugStock, Received(4), new StockEvent.WrittenOff(5, "lost")));
        yield return Breaks("shipped-below-zero", Log().With(MugStock, Received(4), new StockEvent.Returned(OrderA, 1, null)));
        yield return Breaks("released-not-held", Log().With(MugStock, Received(9), new StockEvent.Reserved(OrderB, 5, default), Reserved(3), Released(4)));
        yield return Breaks("shipped-not-held", Log().With(MugStock, Received(9), new StockEvent.Reserved(OrderB, 5, default), Reserved(3), StockShipped(4)));
        yield return Breaks("reserved-twice", Log().With(MugStock, Received(9), Reserved(3), Reserved(1)));
        yield return Breaks("quantity-not-positive", Log().With(MugStock, Received(9), Received(-1)));
        yield return Breaks("wrong-stream", Log().With(OrderStream, Received(1)));

        yield return Breaks("payment-not-requested", Log().With(PaymentStream, new PaymentEvent.Authorised("a")));
        yield return Breaks("payment-requested-twice", Log().With(PaymentStream, Requested(3), Requested(3)));
        yield return Breaks("second-payment", Log().With(PaymentStream, Requested(3)).With(StreamName.Parse("payment-another", null), Requested(3)));
        yield return Breaks("payment-status", Log().With(PaymentStream, Requested(3), new PaymentEvent.Authorised("a"), new PaymentEvent.Authorised("b")));
        yield return Breaks("payment-status", Log().With(PaymentStream, Requested(3), new PaymentEvent.Declined("no"), new PaymentEvent.Authorised("b")));
        yield return Breaks("capture-not-authorised", Log().With(PaymentStream, Requested(3), CaptureRequested(3)));
        yield return Breaks("capture-not-authorised", Log().With(PaymentStream, Requested(3), new PaymentEvent.Authorised("a"), new PaymentEvent.VoidRequested(VoidReason.OrderCancelled), CaptureRequested(3)));
        yield return Breaks("over-authorised", Log().With(PaymentStream, Requested(3), new PaymentEvent.Authorised("a"), CaptureRequested(3.01m)));
        yield return Breaks("capture-not-requested", Log().With(PaymentStream, Requested(3), new PaymentEvent.Authorised("a"), Captured(3)));
        yield return Breaks("capture-not-requested", Log().With(PaymentStream, Requested(3), new PaymentEvent.Authorised("a"), CaptureRequested(1), Captured(1), Captured(1)));
        yield return Breaks("capture-amount", Log().With(PaymentStream, Requested(3), new PaymentEvent.Authorised("a"), CaptureRequested(1), Captured(2)));
        yield return Breaks("capture-requested-twice", Log().With(PaymentStream, Requested(3), new PaymentEvent.Authorised("a"), CaptureRequested(1), CaptureRequested(1)));
        yield return Breaks("over-captured", Log().With(PaymentStream, Requested(3), new PaymentEvent.Authorised("a"), CaptureRequested(1), RefundRequested(1)));
        yield return Breaks("refund-not-requested", Log().With(PaymentStream, Requested(3), new PaymentEvent.Authorised("a"), CaptureRequested(1), Captured(1), Refunded(1)));
        yield return Breaks("void-after-capture", Log().With(PaymentStream, Requested(3), new PaymentEvent.Authorised("a"), CaptureRequested(1), new PaymentEvent.VoidRequested(VoidReason.OrderRejected)));
        yield return Breaks("amount", Log().With(PaymentStream, Requested(0.001m)));

        yield return Breaks("order-not-placed", Log().With(OrderStream, new OrderEvent.Confirmed()));
        yield return Breaks("order-placed-twice", Log().With(OrderStream, Placed(), Placed()));
        yield return Breaks("order-total", Log().With(OrderStream, Placed() with { Total = Pounds(3.02m) }));
        yield return Breaks("order-lines", Log().With(OrderStream, Placed() with { Lines = [Placed().Lines[0] with { Line = 2 }, Placed().Lines[1] with { Line = 1 }] }));
        yield return Breaks("order-status", Log().Confirmed().With(OrderStream, new OrderEvent.Rejected(RejectReason.OutOfStock, "late")));
        yield return Breaks("shipped-over-ordered", Log().Confirmed().With(OrderStream, Shipped(1.34m, new LineQuantity(1, 4))));
        yield return Breaks("rest-of-order", Log().ShippedInPart().With(OrderStream, RestCancelled(1, 2)));
        yield return Breaks("order-status", Log().Confirmed().With(OrderStream, RestCancelled(3, 2)));
        yield return Breaks("fulfilment-rest-twice", Log().With(FulfilmentStream, Started, new FulfilmentEvent.RestCancelled([new(1, 1)]), new FulfilmentEvent.RestCancelled([new(1, 1)])));
        yield return Breaks("fulfilment-rest-released", Log().With(FulfilmentStream, Started, new FulfilmentEvent.RestReleased()));
        yield return Breaks("line-unknown", Log().Confirmed().With(OrderStream, Shipped(0, new LineQuantity(3, 1))));
        yield return Breaks("order-amount", Log().Confirmed().With(OrderStream, Shipped(0.35m, new LineQuantity(1, 1))));
        yield return Breaks("returned-over-shipped", Log().ReturnedAndRefunded().With(OrderStream, Returned(2m, new LineQuantity(2, 2))));
        yield return Breaks("confirmed-not-reserved", Log().With(MugStock, Received(9)).With(OrderStream, Placed()).With(MugStock, Reserved(4)).With(PaymentStream, Requested(3.01m), new PaymentEvent.Authorised("a")).With(OrderStream, new OrderEvent.Confirmed()));
        yield return Breaks("confirmed-not-authorised", Log().With(MugStock, Received(9)).With(OrderStream, Placed()).With(MugStock, Reserved(5)).With(PaymentStream, Requested(3.01m)).With(OrderStream, new OrderEvent.Confirmed()));

        yield return Breaks("fulfilment-begun-twice", Log().With(FulfilmentStream, Started, Started));
        yield return Breaks("fulfilment-noted-twice", Log().With(FulfilmentStream, Started, ShipmentNoted, ShipmentNoted));
        yield return Breaks("fulfilment-stock-twice", Log().With(FulfilmentStream, Started, ShipmentNoted, new FulfilmentEvent.StockShipped(Once), new FulfilmentEvent.StockShipped(Once)));
        yield return Breaks("fulfilment-money-twice", Log().With(FulfilmentStream, Started, new FulfilmentEvent.PaymentCaptured(Once), ShipmentNoted, new FulfilmentEvent.PaymentCaptured(Once)));
        yield return Breaks("fulfilment-undone-twice", Log().With(FulfilmentStream, Started, new FulfilmentEvent.Undone(), new FulfilmentEvent.Undone()));
        yield return Breaks("fulfilment-confirmed-though-undone", Log().With(FulfilmentStream, Started, new FulfilmentEvent.Undone(), new FulfilmentEvent.OrderConfirmed()));

        yield return Breaks("command-twice", Log().With(MugStock, Received(9), "c1", "f").With(MugStock, Received(9), "c2", "f").With(MugStock, Received(9), "c1", "f"));
        yield return Breaks("command-id-reused", Log().With(MugStock, Received(9), "c1", "f").With(MugStock, Received(8), "c1", "g"));
        yield return Breaks("event-unreadable", Log().With(MugStock, "stock-received.v1", "{}"u8.ToArray()));
        yield return Breaks("credit-note-amount", Log().With(CreditNote.StreamOf("C1"), new CreditNoteEvent.Issued("C1", null, null, [new(Mug, 2, Pounds(1))], Pounds(3))));
    }

    [TestCaseSource(nameof(Broken))]
    public async Task The_event_that_breaks_a_rule_is_named(string code, object log)
    {
        var audited = (AuditedLog)log;
        var last = audited.Events[^1];

        var report = await audited.Audit();

        Assert.That(report.Offences.Where(o => o.Position < last.Position.Value), Is.Empty);
        Assert.That(report.Offences.Select(o => (o.Code, o.Stream, o.Revision, o.Position)), Has.Member((code, last.Stream.Value, last.Revision, last.Position.Value)));
    }

    static IEnumerable<TestCaseData> Unsettled()
    {
        yield return Breaks("not-captured", Log().Confirmed().With(OrderStream, Shipped(0.34m, new LineQuantity(1, 1))).With(MugStock, StockShipped(1)));
        yield return Breaks("stock-not-shipped", Log().Confirmed().With(OrderStream, Shipped(0.34m, new LineQuantity(1, 1))).With(PaymentStream, CaptureRequested(0.34m), Captured(0.34m)));
        yield return Breaks("not-completed", Log().ShippedInPart().With(OrderStream, RestCancelled(2, 2)).With(MugStock, Released(4)));
        yield return Undoing("not-refunded", Log().ShippedAndCaptured().With(OrderStream, Returned(0.34m, new LineQuantity(1, 1))).With(MugStock, new StockEvent.Returned(OrderA, 1, null)));
        yield return Undoing("stock-not-returned", Log().ShippedAndCaptured().With(OrderStream, Returned(0.34m, new LineQuantity(1, 1))).With(PaymentStream, RefundRequested(0.34m), Refunded(0.34m)));
        yield return Undoing("stock-not-released", Log().With(OrderStream, Placed()).With(MugStock, Received(5), Reserved(5)).With(OrderStream, new OrderEvent.Cancelled("no", CancelCause.Customer)));
        yield return Undoing("rest-not-released", Log().ShippedInPart().With(OrderStream, RestCancelled(2, 2), new OrderEvent.Completed()));
        yield return Undoing("surplus-not-released", Log().With(SpareMugStock, Received(5), Reserved(5)).Confirmed());
        yield return Undoing("payment-not-undone", Log().With(OrderStream, Placed()).With(PaymentStream, Requested(3.01m), new PaymentEvent.Authorised("a")).With(OrderStream, new OrderEvent.Cancelled("no", CancelCause.Customer)));
        yield return Breaks("stock-without-order", Log().With(MugStock, Received(5), Reserved(5)));
        yield return Breaks("payment-without-order", Log().With(PaymentStream, Requested(3.01m)));
        yield return Breaks("fulfilment-open", Log().ShippedAndCaptured().With(FulfilmentStream, Started, new FulfilmentEvent.OrderConfirmed(), ShipmentNoted, new FulfilmentEvent.StockShipped(Once)));
        yield return Breaks("fulfilment-open", Log().ShippedAndCaptured().With(FulfilmentStream, Started, new FulfilmentEvent.OrderConfirmed(), new FulfilmentEvent.PaymentCaptured(Once)));
        yield return Breaks("fulfilment-compensating", Log().With(FulfilmentStream, Started, new FulfilmentEvent.Undone(), new FulfilmentEvent.PaymentAuthorised()));
        yield return Breaks("fulfilment-compensating", Log().With(FulfilmentStream, Started, new FulfilmentEvent.OrderConfirmed(), new FulfilmentEvent.OrderCancelled()));
        yield return Breaks("fulfilment-compensating", Log().With(FulfilmentStream, Started, new FulfilmentEvent.PaymentDeclined("no")));
        yield return Breaks("fulfilment-compensating", Log().With(FulfilmentStream, Started, new FulfilmentEvent.OrderConfirmed(), new FulfilmentEvent.RestCancelled([new(1, 1)])));
        yield return Breaks("kept-not-authorised", Log().With(OrderStream, Placed(OrderOrigin.Import)).With(MugStock, Received(5), Reserved(5)).With(OrderStream, new OrderEvent.Confirmed()));
    }

    [TestCaseSource(nameof(Unsettled))]
    public async Task What_later_events_may_still_put_right_offends_only_where_all_must_be_settled(string codes, object log)
    {
        Assert.That((await ((AuditedLog)log).Audit()).Offences, Is.Empty);
        Assert.That((await ((AuditedLog)log).Audit(settled: true)).Offences.Select(o => o.Code), Is.EqualTo(codes.Split(' ')));
    }

    [Test]
    public async Task An_order_that_is_still_compensating_is_counted_and_where_all_must_be_settled_named_with_what_is_left_of_it()
    {
        var log = Log().With(OrderStream, Placed()).With(MugStock, Received(5), Reserved(5)).With(OrderStream, new OrderEvent.Cancelled("no", CancelCause.Customer));
        Assert.That((await log.Audit()).Orders, Has.Property("Compensating").EqualTo(1).And.Property("Open").EqualTo(1));
        Assert.That((await log.Audit(settled: true)).Offences.Single(o => o.Code == "order-compensating").Detail, Is.EqualTo($"Order {OrderA} is still compensating: 5 units are still held for it."));
        Assert.That((await log.With(MugStock, Released(5)).Audit(settled: true)).Offences, Is.Empty);
    }

    [Test]
    public async Task An_order_whose_rest_was_called_off_ends_with_what_was_sent_and_may_come_back()
    {
        var log = Log().ShippedInPart().With(OrderStream, RestCancelled(2, 2)).With(MugStock, Released(4)).With(OrderStream, new OrderEvent.Completed());
        Assert.That((await log.Audit(settled: true)).Offences, Is.Empty);
        log.With(OrderStream, Returned(0.34m, new LineQuantity(1, 1))).With(MugStock, new StockEvent.Returned(OrderA, 1, null)).With(PaymentStream, RefundRequested(0.34m), Refunded(0.34m));
        Assert.That((await log.Audit(settled: true)).Orders.ByStatus.Keys, Is.EqualTo(new[] { "returned" }));
    }

    [Test]
    public async Task Stock_taken_from_a_promised_order_and_money_taken_for_nothing_are_wrong_for_ever()
    {
        Assert.That((await Log().Confirmed().With(MugStock, Released(5)).Audit()).OffencesByCode.Keys, Is.EqualTo(new[] { "stock-of-order" }));
        Assert.That((await Log().ShippedInPart().With(MugStock, Released(4)).Audit()).OffencesByCode.Keys, Is.EqualTo(new[] { "stock-of-order" }));
        Assert.That((await Log().Confirmed().With(PaymentStream, CaptureRequested(1)).Audit()).OffencesByCode.Keys, Is.EqualTo(new[] { "paid-too-much" }));
        Assert.That((await Log().With(OrderStream, Placed()).With(PaymentStream, Requested(3)).Audit()).OffencesByCode.Keys, Is.EqualTo(new[] { "payment-amount" }));
    }

    [Test]
    public async Task Word_of_money_may_reach_the_process_before_word_of_what_it_is_for() => Assert.That(
        (await Log().ShippedAndCaptured()
            .With(FulfilmentStream, Started, new FulfilmentEvent.PaymentCaptured(Once), ShipmentNoted, new FulfilmentEvent.StockShipped(Once), new FulfilmentEvent.Completed())
            .Audit(settled: true)).Offences, Is.Empty);

    [Test]
    public async Task What_is_undone_is_undone_again_where_word_of_an_authorisation_comes_late() => Assert.That(
        (await Log()
            .With(FulfilmentStream, Started, new FulfilmentEvent.Undone(), new FulfilmentEvent.PaymentAuthorised(), new FulfilmentEvent.PaymentVoided(), new FulfilmentEvent.Undone())
            .Audit(settled: true)).Offences, Is.Empty);

    [Test]
    public async Task Unknown_events_are_counted_and_not_judged()
    {
        var report = await Log().With(StreamName.Parse("flashsale-1", null), "flashsale-opened.v9", "{}"u8.ToArray()).Audit(settled: true);

        Assert.That(report.IsClean);
        Assert.That(report.UnknownTypes, Is.EqualTo(new Dictionary<string, long> { ["flashsale-opened.v9"] = 1 }));
    }

    static AuditedLog Log() => new();

    static TestCaseData Undoing(string code, AuditedLog log) => Breaks($"{code} order-compensating", log);

    static TestCaseData Breaks(string code, AuditedLog log) =>
        new TestCaseData(code, log).SetArgDisplayNames(code, string.Join(",", log.Events.TakeLast(2).Select(e => e.Type)));
}
