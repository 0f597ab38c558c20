using Commerce.Domain.Inventory;
using Commerce.Domain.Tests.Spec;
using FsCheck;
using FsCheck.Fluent;

namespace Commerce.Domain.Tests.Inventory;

/// <summary>Whatever is asked of stock, in whatever order: an independent account of the units predicts, the decider answers.</summary>
[FsCheck.NUnit.Properties(Arbitrary = [typeof(StockProperties)], MaxTest = 500, Replay = "20101201,7")]
public sealed class StockProperties
{
    static readonly OrderId[] Orders = [.. Enumerable.Range(1, 4).Select(n => new OrderId(new Guid(n, 0, 0, new byte[8])))];
    static readonly Guid[] Moves = [.. Enumerable.Range(1, 6).Select(n => new Guid(n, 7, 0, new byte[8]))];
    static readonly FlashSaleId[] Sales = [.. Enumerable.Range(1, 2).Select(n => new FlashSaleId(new Guid(n, 9, 0, new byte[8])))];
    static readonly DateTimeOffset Soon = new(2026, 11, 2, 9, 15, 0, TimeSpan.Zero);

    [FsCheck.NUnit.Property]
    public void Units_are_conserved_and_none_is_promised_twice(StockCommand[] commands)
    {
        var (state, units) = (Stock.None, new Units());
        foreach (var command in commands)
        {
            var decision = Stock.Decide(command, state);
            Assert.That(decision.Rejection is null, Is.EqualTo(units.Allows(command)), () => $"{command} on {units}");
            foreach (var @event in decision.Events)
            {
                units.Apply(@event);
                state = Stock.Evolve(state, @event);
            }

            Assert.That((state.Available, state.ReservedTotal, state.AllocatedTotal, state.Away), Is.EqualTo((units.Available, units.Reserved.Values.Sum(), units.Kept.Values.Sum(), units.Shipped)));
            Assert.That(units.Available + units.Reserved.Values.Sum() + units.Kept.Values.Sum() + units.Shipped + units.WrittenOff, Is.EqualTo(units.Received));
            Assert.That(new long[] { state.Available, state.ReservedTotal, state.AllocatedTotal, state.OnHand, state.Away }, Is.All.Not.Negative);
            Assert.That(state.Reservations.Select(r => KeyValuePair.Create(r.Key, r.Value.Left)), Is.EquivalentTo(units.Reserved));
        }
    }

    [FsCheck.NUnit.Property]
    public void Replaying_the_log_gives_the_state_that_deciding_gave(StockCommand[] commands) => Replaying.GivesTheSame(Stock.Decider, commands);

    [FsCheck.NUnit.Property]
    public void A_snapshot_and_what_follows_give_the_state_of_the_whole(StockCommand[] commands, NonNegativeInt at) =>
        Replaying.GivesTheSameFromASnapshot(Stock.Decider, commands, at.Get);

    public static Arbitrary<StockCommand> Commands()
    {
        var order = Gen.Elements(Orders);
        var move = Gen.Elements(Moves);
        var sale = Gen.Elements(Sales);
        var quantity = Gen.Frequency((20, Gen.Choose(1, 9)), (1, Gen.Elements(0, -1, int.MaxValue, Stock.QuantityMax, Stock.QuantityMax - 5)));
        return Gen.Frequency(
            (3, quantity.Select(StockCommand (q) => new StockCommand.Receive(q, "in"))),
            (5, order.SelectMany(_ => quantity, StockCommand (o, q) => new StockCommand.Reserve(o, q, Soon))),
            (3, order.SelectMany(_ => quantity, (o, q) => (o, q)).SelectMany(_ => sale, StockCommand (x, s) => new StockCommand.Reserve(x.o, x.q, Soon) { Sale = s })),
            (2, sale.SelectMany(_ => quantity, StockCommand (s, q) => new StockCommand.Allocate(s, q))),
            (2, sale.SelectMany(_ => Gen.Choose(0, 5), (s, q) => (s, q)).SelectMany(_ => Gen.Choose(1, 3), StockCommand (x, n) => new StockCommand.ReturnAllocation(x.s, x.q, n))),
            (2, order.Select(StockCommand (o) => new StockCommand.Release(o, ReleaseReason.Expired))),
            (4, order.SelectMany(_ => quantity, (o, q) => (o, q)).SelectMany(_ => move, StockCommand (x, m) => new StockCommand.Ship(x.o, x.q, m))),
            (1, quantity.Select(StockCommand (q) => new StockCommand.WriteOff(q, "out"))),
            (2, order.SelectMany(_ => quantity, (o, q) => (o, q)).SelectMany(_ => move, StockCommand (x, m) => new StockCommand.Return(x.o, x.q, m)))).ToArbitrary();
    }

    /// <summary>The account: where each unit is.</summary>
    sealed class Units
    {
        public long Received { get; private set; }

        public long Available { get; private set; }

        public Dictionary<OrderId, int> Reserved { get; } = [];

        public long Shipped { get; private set; }

        public long WrittenOff { get; private set; }

        /// <summary>Shipments and returns that there were.</summary>
        public HashSet<(OrderId, Guid?, bool IsReturn)> Moved { get; } = [];

        /// <summary>Units that are kept for each sale that was ever stocked.</summary>
        public Dictionary<FlashSaleId, int> Kept { get; } = [];

        Dictionary<OrderId, FlashSaleId?> SaleOf { get; } = [];

        HashSet<(FlashSaleId, int)> Numbered { get; } = [];

        long OnHand => Available + Reserved.Values.Sum() + Kept.Values.Sum();

        public bool Allows(StockCommand command) => command switch
        {
            StockCommand.Receive c => IsCountable(c.Quantity) && OnHand + c.Quantity <= Stock.QuantityMax,
            StockCommand.Reserve c => IsCountable(c.Quantity) && (Reserved.ContainsKey(c.Order) || c.Quantity <= (c.Sale is { } sale ? Kept.GetValueOrDefault(sale) : Available)),
            StockCommand.Allocate c => IsCountable(c.Quantity),
            StockCommand.ReturnAllocation c => Numbered.Contains((c.Sale, c.Number)) || (c.Quantity > 0 && c.Quantity <= Kept.GetValueOrDefault(c.Sale)),
            StockCommand.Release => true,
            StockCommand.Ship c => IsCountable(c.Quantity) && (Moved.Contains((c.Order, c.Shipment, false)) || c.Quantity <= Reserved.GetValueOrDefault(c.Order)),
            StockCommand.WriteOff c => IsCountable(c.Quantity) && c.Quantity <= Available,
            StockCommand.Return c => IsCountable(c.Quantity) && (Moved.Contains((c.Order, c.Id, true)) || (c.Quantity <= Shipped && OnHand + c.Quantity <= Stock.QuantityMax)),
            _ => throw new ArgumentOutOfRangeException(nameof(command)),
        };

        public void Apply(StockEvent @event)
        {
            switch (@event)
            {
                case StockEvent.Received e:
                    (Received, Available) = (Received + e.Quantity, Available + e.Quantity);
                    break;
                case StockEvent.Allocated e:
                    Available -= e.Quantity;
                    Kept.Add(e.Sale, e.Quantity);
                    break;
                case StockEvent.AllocationReturned e:
                    Assert.That(Numbered.Add((e.Sale, e.Number)), "A return of a sale brought its units twice.");
                    (Available, Kept[e.Sale]) = (Available + e.Quantity, Kept[e.Sale] - e.Quantity);
                    break;
                case StockEvent.Reserved e:
                    var from = (e as StockEvent.ReservedInSale)?.Sale;
                    Promise(from, -e.Quantity);
                    Reserved.Add(e.Order, e.Quantity);
                    SaleOf[e.Order] = from;
                    break;
                case StockEvent.Released e:
                    Assert.That((e as StockEvent.ReleasedToSale)?.Sale, Is.EqualTo(SaleOf[e.Order]), "Units went to another than they came from.");
                    Promise(SaleOf[e.Order], e.Quantity);
                    LetGo(e.Order, e.Quantity);
                    break;
                case StockEvent.Shipped e:
                    Assert.That(Moved.Add((e.Order, e.Shipment, false)), "A shipment took its units twice.");
                    Shipped += e.Quantity;
                    LetGo(e.Order, e.Quantity);
                    break;
                case StockEvent.WrittenOff e:
                    (Available, WrittenOff) = (Available - e.Quantity, WrittenOff + e.Quantity);
                    break;
                case StockEvent.Returned e:
                    Assert.That(Moved.Add((e.Order, e.Return, true)), "A return brought its units twice.");
                    (Available, Shipped) = (Available + e.Quantity, Shipped - e.Quantity);
                    break;
            }
        }

        public override string ToString() => $"{Available} available, {Shipped} shipped";

        static bool IsCountable(int quantity) => quantity is > 0 and <= Stock.QuantityMax;

        void Promise(FlashSaleId? sale, int quantity)
        {
            if (sale is { } id)
            {
                Kept[id] += quantity;
            }
            else
            {
                Available += quantity;
            }
        }

        void LetGo(OrderId order, int quantity)
        {
            Reserved[order] -= quantity;
            if (Reserved[order] == 0)
            {
                Reserved.Remove(order);
            }
        }
    }
}
