using System.Collections.Immutable;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Domain.Tests.Fulfilment;

/// <summary>
/// One order among real deciders: a log of facts that are delivered in any order and as often as the seed wants, a provider
/// that answers late or never, a customer, a warehouse, a clock, and a process whose runners crash between any two steps, stall
/// there and go on when others have long passed them, or end then: what they left behind is only looked for.
/// </summary>
sealed class FulfilmentWorld(Random random, FulfilmentPolicy policy)
{
    /// <summary>Attempts of one order's whole story that may break.</summary>
    const int BrokenMax = 10;

    readonly FulfilmentProcess _process = new(policy);
    readonly List<Action> _pending = [];
    readonly HashSet<(Sku, LocationId, int)> _reserved = [];

    int _broken;
    bool _isStockUnaccounted;

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);

    public OrderId Id { get; } = new(new Guid("01920000-0000-7000-8000-000000000001"));

    public Order Order { get; private set; } = Order.None;

    public Payment Payment { get; private set; } = Payment.None;

    public FulfilmentState Saga { get; private set; } = FulfilmentState.None;

    public Dictionary<(Sku, LocationId), Stock> Stocks { get; } = [];

    public List<FulfilmentEvent> Log { get; } = [];

    public bool ProviderDeclines { get; init; }

    public bool ProviderIsSilent { get; init; }

    /// <summary>Whether the provider holds the customer's money.</summary>
    public bool ProviderHolds { get; private set; }

    /// <summary>Chance that a delivery crashes on its way, that others pass it there, and that it comes again although it went well.</summary>
    public double Trouble { get; init; }

    public bool IsQuiet => _pending.Count == 0;

    public void Receive(Sku sku, LocationId location, int quantity) => On(sku, location, new StockCommand.Receive(quantity, "opening"));

    /// <summary>Others take units in, or write some of the free ones off; says how many came.</summary>
    public int Trade(Sku sku, LocationId location, int quantity)
    {
        if (quantity == 0 || (quantity < 0 && On(sku, location, new StockCommand.WriteOff(-quantity, "sold")) is not null))
        {
            return 0;
        }

        if (quantity > 0)
        {
            Receive(sku, location, quantity);
        }

        return quantity;
    }

    public Rejection? Ask(OrderCommand command)
    {
        var decision = Order.Decide(command, Order);
        foreach (var e in decision.Events)
        {
            Order = Order.Evolve(Order, e);
            FulfilmentInput? fact = e switch
            {
                OrderEvent.Placed p => new FulfilmentInput.OrderPlaced(p, Now),
                OrderEvent.Cancelled c => new FulfilmentInput.OrderCancelled(c.Cause),
                OrderEvent.RestCancelled r => new FulfilmentInput.OrderRestCancelled(r),
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

    /// <summary>Time goes on, and the order is woken, whether or not something of it is due.</summary>
    public void Pass(TimeSpan time)
    {
        Now += time;
        Expect(new FulfilmentInput.DeadlinePassed(Now));
        if (_isStockUnaccounted)
        {
            Expect(new FulfilmentInput.StockUnaccounted());
        }
    }

    void Expect(FulfilmentInput? fact)
    {
        if (fact is not null)
        {
            _pending.Add(() => GoOn(fact, Attempt(fact).GetEnumerator()));
        }
    }

    // An attempt goes on to its end, or crashes, or stalls while the fact is given to another one.
    void GoOn(FulfilmentInput fact, IEnumerator<bool> attempt, bool isWithAnother = false)
    {
        while (Advance(fact, attempt))
        {
            if (random.NextDouble() < (isWithAnother ? Trouble : Trouble / 3))
            {
                Expect(isWithAnother ? null : fact);
                _isStockUnaccounted |= isWithAnother;
                return;
            }

            if (random.NextDouble() < Trouble / 3)
            {
                Expect(isWithAnother ? null : fact);
                _pending.Add(() => GoOn(fact, attempt, isWithAnother: true));
                return;
            }
        }

        if (random.NextDouble() < Trouble / 2)
        {
            Expect(fact);
        }
    }

    // Two attempts that know nothing of each other may want more than there is: the refused one is tried again, as the bus does.
    bool Advance(FulfilmentInput fact, IEnumerator<bool> attempt)
    {
        try
        {
            return attempt.MoveNext();
        }
        catch (FulfilmentBrokenException) when (++_broken <= BrokenMax)
        {
            Expect(fact);
            return false;
        }
    }

    // The runner's duty in small. It ends early where it finds that it was overtaken: the fact begins anew.
    IEnumerable<bool> Attempt(FulfilmentInput fact)
    {
        var revision = Log.Count;
        var reaction = _process.React(Saga, fact);
        var unsaved = reaction.Events.ToList();
        var isHeardAgain = reaction.IsHeardAgain;
        while (true)
        {
            if ((reaction.IsSavedFirst || reaction.Commands.IsEmpty) && !Save(unsaved, ref revision))
            {
                Expect(fact);
                yield break;
            }

            yield return true;
            if (reaction.Commands.IsEmpty && !isHeardAgain)
            {
                yield break;
            }

            if (reaction.Commands.IsEmpty)
            {
                (reaction, isHeardAgain) = (_process.React(reaction.State, fact), false);
                unsaved.AddRange(reaction.Events);
                continue;
            }

            var answers = new List<FulfilmentInput>();
            foreach (var command in reaction.Commands)
            {
                answers.AddRange(Do(command));
                yield return true;
            }

            reaction = _process.React(reaction.State, [.. answers]);
            unsaved.AddRange(reaction.Events);
        }
    }

    bool Save(List<FulfilmentEvent> events, ref int revision)
    {
        if (events.Count > 0 && revision != Log.Count)
        {
            return false;
        }

        Saga = events.Aggregate(Saga, FulfilmentState.Evolve);
        Log.AddRange(events);
        events.Clear();
        revision = Log.Count;
        return true;
    }

    FulfilmentInput[] Do(FulfilmentCommand command) => command switch
    {
        FulfilmentCommand.ReserveStock c => [.. c.Allocations.Select(a => Answer(c with { Allocations = [a] }, Reserve(a, c.Until)))],
        FulfilmentCommand.ReleaseStock c => Each(c, c.Allocations, a => On(a.Sku, a.Location, new StockCommand.Release(Id, c.Reason))),
        FulfilmentCommand.ReleaseRest c => Each(c, c.Allocations, a => On(a.Sku, a.Location, new StockCommand.Release(Id, ReleaseReason.OrderCancelled))),
        FulfilmentCommand.ShipStock c => Each(c, c.Allocations, a => On(a.Sku, a.Location, new StockCommand.Ship(Id, a.Quantity, c.Shipment))),
        FulfilmentCommand.ReturnStock c => Each(c, c.Allocations, a => On(a.Sku, a.Location, new StockCommand.Return(Id, a.Quantity, c.Return))),
        FulfilmentCommand.RequestPayment c => [Answer(c, Pay(new PaymentCommand.Request(Id, c.Amount, c.Token, Now + c.TimeToPay)))],
        FulfilmentCommand.ExpirePayment c => [Answer(c, Pay(new PaymentCommand.Expire(c.At)))],
        FulfilmentCommand.RequestVoid c => [Answer(c, Pay(new PaymentCommand.RequestVoid(c.Reason)))],
        FulfilmentCommand.RequestCapture c => [Answer(c, Pay(new PaymentCommand.RequestCapture(c.Shipment, c.Amount)))],
        FulfilmentCommand.RequestRefund c => [Answer(c, Pay(new PaymentCommand.RequestRefund(c.Return, c.Amount)))],
        FulfilmentCommand.ConfirmOrder c => [Answer(c, Ask(new OrderCommand.Confirm()))],
        FulfilmentCommand.RejectOrder c => [Answer(c, Ask(new OrderCommand.Reject(c.Reason, c.Detail)))],
        FulfilmentCommand.CancelOrder c => [Answer(c, Ask(new OrderCommand.Cancel(c.Reason, c.Cause)))],
        FulfilmentCommand.CompleteOrder c => [Answer(c, Ask(new OrderCommand.Complete()))],
        _ => throw new ArgumentOutOfRangeException(nameof(command)),
    };

    static FulfilmentInput Answer(FulfilmentCommand command, Rejection? rejection) =>
        rejection is null ? new FulfilmentInput.Done(command) : new FulfilmentInput.Refused(command, rejection);

    static FulfilmentInput[] Each(FulfilmentCommand command, ImmutableArray<Allocation> allocations, Func<Allocation, Rejection?> act) =>
        [Answer(command, allocations.Select(act).ToList().Find(r => r is not null))];

    // As the command processor does: a reservation that was made is remembered by its command's id, whatever became of it.
    Rejection? Reserve(Allocation a, DateTimeOffset until)
    {
        if (_reserved.Contains((a.Sku, a.Location, a.Quantity)))
        {
            return null;
        }

        var rejection = On(a.Sku, a.Location, new StockCommand.Reserve(Id, a.Quantity, until));
        if (rejection is null)
        {
            _reserved.Add((a.Sku, a.Location, a.Quantity));
        }

        return rejection;
    }

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
            Answer(e);
            Expect(e switch
            {
                PaymentEvent.Authorised => new FulfilmentInput.PaymentAuthorised(),
                PaymentEvent.AuthorisedLate => new FulfilmentInput.PaymentAuthorisedLate(),
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

    // The provider does what it is asked for at some later time, and its answer may come twice.
    void Answer(PaymentEvent @event)
    {
        PaymentCommand? answer = @event switch
        {
            PaymentEvent.Requested when ProviderIsSilent => null,
            PaymentEvent.Requested => ProviderDeclines ? new PaymentCommand.Decline("no") : new PaymentCommand.Authorise("ref"),
            PaymentEvent.CaptureRequested c => new PaymentCommand.Capture(c.Capture, "ref"),
            PaymentEvent.VoidRequested => new PaymentCommand.Void("ref"),
            PaymentEvent.RefundRequested r => new PaymentCommand.Refund(r.Refund, "ref"),
            _ => null,
        };
        if (answer is not null)
        {
            _pending.Add(() =>
            {
                ProviderHolds = answer is PaymentCommand.Authorise || (ProviderHolds && answer is not PaymentCommand.Void);
                Pay(answer);
                if (random.NextDouble() < Trouble)
                {
                    _pending.Add(() => Pay(answer));
                }
            });
        }
    }
}
