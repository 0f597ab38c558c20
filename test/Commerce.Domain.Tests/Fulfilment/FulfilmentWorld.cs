using System.Collections.Immutable;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Domain.Tests.Fulfilment;

/// <summary>
/// One order among real deciders: a log of facts that are delivered in any order and as often as the seed wants, a provider
/// that answers late, a customer, a warehouse, and a process whose runner crashes between any two steps.
/// </summary>
sealed class FulfilmentWorld(Random random, FulfilmentPolicy policy)
{
    static readonly DateTimeOffset Now = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    readonly FulfilmentProcess _process = new(policy);
    readonly List<Action> _pending = [];
    readonly HashSet<(Guid, Sku)> _moved = [];
    bool _isCrashing;

    public OrderId Id { get; } = new(new Guid("01920000-0000-7000-8000-000000000001"));

    public Order Order { get; private set; } = Order.None;

    public Payment Payment { get; private set; } = Payment.None;

    public FulfilmentState Saga { get; private set; } = FulfilmentState.None;

    public Dictionary<(Sku, LocationId), Stock> Stocks { get; } = [];

    public List<FulfilmentEvent> Log { get; } = [];

    public bool ProviderDeclines { get; init; }

    /// <summary>Chance that a delivery crashes on its way, and that it comes again although it went well.</summary>
    public double Trouble { get; init; }

    public bool IsQuiet => _pending.Count == 0;

    public void Receive(Sku sku, LocationId location, int quantity) => On(sku, location, new StockCommand.Receive(quantity, "opening"));

    public Rejection? Ask(OrderCommand command)
    {
        var decision = Order.Decide(command, Order);
        foreach (var e in decision.Events)
        {
            Order = Order.Evolve(Order, e);
            FulfilmentInput? fact = e switch
            {
                OrderEvent.Placed p => new FulfilmentInput.OrderPlaced(p, Now),
                OrderEvent.Cancelled => new FulfilmentInput.OrderCancelled(),
                OrderEvent.Shipped s => new FulfilmentInput.OrderShipped(s),
                OrderEvent.Returned r => new FulfilmentInput.OrderReturned(r),
                _ => null,
            };
            Expect(fact);
        }

        return decision.Rejection;
    }

    /// <summary>One of the things that wait happens.</summary>
    public void Step()
    {
        var next = random.Next(_pending.Count);
        var action = _pending[next];
        _pending.RemoveAt(next);
        action();
    }

    public int Available(Sku sku, LocationId location) => Stocks.TryGetValue((sku, location), out var stock) ? stock.Available : 0;

    void Expect(FulfilmentInput? fact)
    {
        if (fact is not null)
        {
            _pending.Add(() => Deliver(fact));
        }
    }

    void Deliver(FulfilmentInput fact)
    {
        _isCrashing = random.NextDouble() < Trouble;
        if (!Run(fact) || random.NextDouble() < Trouble / 2)
        {
            Expect(fact);
        }
    }

    // The runner's duty in small: do the commands, feed the answers back, what was refused durable before going on.
    bool Run(FulfilmentInput fact)
    {
        var reaction = _process.React(Saga, fact);
        var unsaved = reaction.Events.ToList();
        while (!reaction.Commands.IsEmpty)
        {
            var answers = new List<FulfilmentInput>();
            foreach (var command in reaction.Commands)
            {
                answers.AddRange(Do(command));
                if (_isCrashing && random.Next(3) == 0)
                {
                    return false;
                }
            }

            reaction = _process.React(reaction.State, [.. answers]);
            unsaved.AddRange(reaction.Events);
            if (answers.Any(a => a is FulfilmentInput.Refused))
            {
                Save(unsaved);
            }
        }

        if (_isCrashing && random.Next(2) == 0)
        {
            return false;
        }

        Save(unsaved);
        return true;
    }

    void Save(List<FulfilmentEvent> events)
    {
        Saga = events.Aggregate(Saga, FulfilmentState.Evolve);
        Log.AddRange(events);
        events.Clear();
    }

    FulfilmentInput[] Do(FulfilmentCommand command) => command switch
    {
        FulfilmentCommand.ReserveStock c => [.. c.Allocations.Select(a => Answer(c with { Allocations = [a] }, On(a.Sku, a.Location, new StockCommand.Reserve(Id, a.Quantity, c.Until))))],
        FulfilmentCommand.ReleaseStock c => Each(c, c.Allocations, a => On(a.Sku, a.Location, new StockCommand.Release(Id, c.Reason))),
        FulfilmentCommand.ShipStock c => Each(c, c.Allocations, a => Once(c.Shipment, a, new StockCommand.Ship(Id, a.Quantity))),
        FulfilmentCommand.ReturnStock c => Each(c, c.Allocations, a => Once(c.Return, a, new StockCommand.Return(Id, a.Quantity))),
        FulfilmentCommand.RequestPayment c => [Answer(c, Pay(new PaymentCommand.Request(Id, c.Amount, c.Token)))],
        FulfilmentCommand.RequestVoid c => [Answer(c, Pay(new PaymentCommand.RequestVoid(c.Reason)))],
        FulfilmentCommand.RequestCapture c => [Answer(c, Pay(new PaymentCommand.RequestCapture(c.Shipment, c.Amount)))],
        FulfilmentCommand.RequestRefund c => [Answer(c, Pay(new PaymentCommand.RequestRefund(c.Return, c.Amount)))],
        FulfilmentCommand.ConfirmOrder c => [Answer(c, Ask(new OrderCommand.Confirm()))],
        FulfilmentCommand.RejectOrder c => [Answer(c, Ask(new OrderCommand.Reject(c.Reason, c.Detail)))],
        FulfilmentCommand.CompleteOrder c => [Answer(c, Ask(new OrderCommand.Complete()))],
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    static FulfilmentInput Answer(FulfilmentCommand command, Rejection? rejection) =>
        rejection is null ? new FulfilmentInput.Done(command) : new FulfilmentInput.Refused(command, rejection);

    static FulfilmentInput[] Each(FulfilmentCommand command, ImmutableArray<Allocation> allocations, Func<Allocation, Rejection?> act) =>
        [Answer(command, allocations.Select(act).ToList().Find(r => r is not null))];

    Rejection? Once(Guid id, Allocation a, StockCommand command) => _moved.Add((id, a.Sku)) ? On(a.Sku, a.Location, command) : null;

    Rejection? On(Sku sku, LocationId location, StockCommand command)
    {
        var stock = Stocks.GetValueOrDefault((sku, location), Stock.None);
        var decision = Stock.Decide(command, stock);
        Stocks[(sku, location)] = decision.Events.Aggregate(stock, Stock.Evolve);
        return decision.Rejection;
    }

    Rejection? Pay(PaymentCommand command)
    {
        var decision = Payment.Decide(command, Payment);
        foreach (var e in decision.Events)
        {
            Payment = Payment.Evolve(Payment, e);
            PaymentCommand? answer = e switch
            {
                PaymentEvent.Requested => ProviderDeclines ? new PaymentCommand.Decline("no") : new PaymentCommand.Authorise("ref"),
                PaymentEvent.CaptureRequested c => new PaymentCommand.Capture(c.Capture, "ref"),
                PaymentEvent.VoidRequested => new PaymentCommand.Void("ref"),
                PaymentEvent.RefundRequested r => new PaymentCommand.Refund(r.Refund, "ref"),
                _ => null,
            };
            if (answer is not null)
            {
                _pending.Add(() => Pay(answer));
            }

            Expect(e switch
            {
                PaymentEvent.Authorised => new FulfilmentInput.PaymentAuthorised(),
                PaymentEvent.Declined d => new FulfilmentInput.PaymentDeclined(d.Code),
                PaymentEvent.Expired => new FulfilmentInput.PaymentExpired(),
                PaymentEvent.Captured c => new FulfilmentInput.PaymentCaptured(c.Capture),
                PaymentEvent.Voided => new FulfilmentInput.PaymentVoided(),
                PaymentEvent.Refunded r => new FulfilmentInput.PaymentRefunded(r.Refund),
                _ => null,
            });
        }

        return decision.Rejection;
    }
}
