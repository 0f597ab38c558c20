using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using static Commerce.Projections.Tests.Auditing.Sample;

namespace Commerce.Projections.Tests.Auditing;

/// <summary>Whatever the deciders accept, the auditor finds clean: two accounts of the same rules, written apart, agree.</summary>
public sealed class AcceptedLogTests
{
    const int CommandsOfARun = 400;

    [Test]
    public async Task Whatever_the_deciders_accept_is_clean([Range(1, 40)] int seed)
    {
        var random = new Random(seed);
        var run = new Run();
        for (var n = 0; n < CommandsOfARun; n++)
        {
            var id = new OrderId(new Guid(random.Next(1, 6), 0, 0, new byte[8]));
            switch (random.Next(3))
            {
                case 0:
                    run.Decide(Stock.Decider, Stock.StreamOf(Sku.Of($"sku{random.Next(3)}"), LocationId.Of("main")), StockCommandOf(random, id));
                    break;
                case 1:
                    run.Decide(Order.Decider, Order.StreamOf(id), OrderCommandOf(random, id));
                    break;
                default:
                    run.Decide(Payment.Decider, Payment.StreamOf(PaymentId.For(id)), PaymentCommandOf(random, id));
                    break;
            }
        }

        var report = await run.Log.Audit();

        Assert.That(report.Offences, Is.Empty);
        Assert.That(report.Events, Is.GreaterThan(80));
    }

    static StockCommand StockCommandOf(Random random, OrderId id) => random.Next(7) switch
    {
        0 or 1 => new StockCommand.Receive(random.Next(1, 20), "in"),
        2 or 3 => new StockCommand.Reserve(id, random.Next(0, 6), default),
        4 => new StockCommand.Release(id, ReleaseReason.Expired),
        5 => new StockCommand.Ship(id, random.Next(0, 5), NewId(random)),
        _ => random.Next(2) == 0 ? new StockCommand.WriteOff(random.Next(1, 5), "out") : new StockCommand.Return(id, random.Next(1, 4), NewId(random)),
    };

    // Imported, for what is no saga's work is judged only where all must be settled.
    static OrderCommand OrderCommandOf(Random random, OrderId id) => random.Next(9) switch
    {
        0 or 1 => new OrderCommand.Place(id, 1, Gbp, null, null, null, OrderOrigin.Import, [.. Enumerable.Range(0, random.Next(1, 4)).Select(n => new OrderLine(0, Sku.Of($"sku{n % 2}"), "Mug", random.Next(1, 9), Pounds(random.Next(0, 30_000) / 10_000m)))]),
        2 or 3 => new OrderCommand.Confirm(),
        4 or 5 => new OrderCommand.Ship(NewId(random), LinesOf(random)),
        6 => new OrderCommand.Complete(),
        7 => random.Next(6) == 0 ? new OrderCommand.CancelRest("no more") : new OrderCommand.Return(NewId(random), LinesOf(random), "broken"),
        _ => random.Next(8) == 0 ? new OrderCommand.Cancel("no") : new OrderCommand.Confirm(),
    };

    static PaymentCommand PaymentCommandOf(Random random, OrderId id)
    {
        var (transfer, amount) = (new Guid(random.Next(4), 0, 0, new byte[8]), Pounds(random.Next(0, 400) / 100m));
        return random.Next(9) switch
        {
            0 or 1 => new PaymentCommand.Request(id, Pounds(10), null, null),
            2 or 3 => new PaymentCommand.Authorise("a"),
            4 => new PaymentCommand.RequestCapture(transfer, amount),
            5 => new PaymentCommand.Capture(transfer, "c"),
            6 => new PaymentCommand.RequestRefund(transfer, amount),
            7 => new PaymentCommand.Refund(transfer, "r"),
            _ => random.Next(4) switch { 0 => new PaymentCommand.Decline("no"), 3 => new PaymentCommand.Expire(default), 1 => new PaymentCommand.RequestVoid(VoidReason.OrderCancelled), _ => new PaymentCommand.Void("v") },
        };
    }

    static Guid NewId(Random random) => new(random.Next(), 1, 2, new byte[8]);

    static System.Collections.Immutable.ImmutableArray<LineQuantity> LinesOf(Random random) =>
        random.Next(3) == 0 ? [] : [new LineQuantity(random.Next(1, 4), random.Next(1, 4))];

    /// <summary>Streams decided one command at a time, all into one log.</summary>
    sealed class Run
    {
        readonly Dictionary<StreamName, object> _states = [];

        public AuditedLog Log { get; } = new();

        public void Decide<TCommand, TEvent, TState>(Decider<TCommand, TEvent, TState> decider, StreamName stream, TCommand command)
            where TEvent : class
            where TState : notnull
        {
            var state = _states.TryGetValue(stream, out var known) ? (TState)known : decider.Initial;
            foreach (var @event in decider.Decide(command, state).Events)
            {
                Log.With(stream, @event);
                state = decider.Evolve(state, @event);
            }

            _states[stream] = state;
        }
    }
}
