using System.Collections.Immutable;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Domain.Tests.Fulfilment;

/// <summary>Whatever is delivered in whatever order, as often as it wants, with crashes: every order ends settled and its sums right.</summary>
public sealed class FulfilmentProperties
{
    static readonly LocationId Main = LocationId.Of("main");
    static readonly LocationId Spare = LocationId.Of("spare");
    static readonly LocationId Attic = LocationId.Of("attic");
    static readonly Sku[] Skus = [Sku.Of("a"), Sku.Of("b"), Sku.Of("c")];
    static readonly Currency Gbp = Currency.Of("GBP");

    /// <summary>Stories that are played; a failing one is named by its seed and replays.</summary>
    const int Seeds = 10_000;

    [Test]
    public void Every_order_ends_settled_with_stock_and_money_where_they_belong()
    {
        var ends = new Dictionary<(FulfilmentPhase, OrderStatus, PaymentStatus), int>();
        var (splits, lates, kept, rests) = (false, false, false, false);
        for (var seed = 0; seed < Seeds; seed++)
        {
            var world = Play(seed);
            var end = (world.Saga.Phase, world.Order.Status, world.Payment.Status);
            ends[end] = ends.GetValueOrDefault(end) + 1;
            splits |= world.Log.Exists(e => e is FulfilmentEvent.ReturnPlanned);
            lates |= world.Log.Exists(e => e is FulfilmentEvent.PaymentAuthorisedLate);
            kept |= world.Log.Exists(e => e is FulfilmentEvent.ReservationKept);
            rests |= world.Log.Exists(e => e is FulfilmentEvent.RestReleased);
        }

        // A story that ends the same way each time would prove little.
        Assert.That(ends.Keys.Select(e => (e.Item1, e.Item2)).Distinct(), Is.EquivalentTo(new[]
        {
            (FulfilmentPhase.Undone, OrderStatus.Rejected), (FulfilmentPhase.Undone, OrderStatus.Cancelled),
            (FulfilmentPhase.Confirmed, OrderStatus.Confirmed), (FulfilmentPhase.Confirmed, OrderStatus.PartiallyShipped),
            (FulfilmentPhase.Completed, OrderStatus.Completed), (FulfilmentPhase.Completed, OrderStatus.Returned),
        }));
        Assert.That(ends.Keys.Select(e => e.Item3), Is.SupersetOf(new[] { PaymentStatus.Voided, PaymentStatus.Expired, PaymentStatus.Declined }));
        Assert.That((splits, lates, kept, rests), Is.EqualTo((true, true, true, true)), "Of each there has to be one.");
    }

    static FulfilmentWorld Play(int seed)
    {
        var random = new Random(seed);
        var opening = new Dictionary<(Sku, LocationId), int>();
        var world = new FulfilmentWorld(random, new FulfilmentPolicy(random.Next(3) == 0 ? [Main] : [Main, Spare, Attic], TimeSpan.FromDays(1)))
        {
            ProviderDeclines = random.Next(5) == 0,
            ProviderIsSilent = random.Next(8) == 0,
            Trouble = random.Next(2) == 0 ? 0 : 0.3,
        };
        foreach (var place in Skus.SelectMany(s => new[] { (s, Main), (s, Spare), (s, Attic) }).Where(_ => random.Next(6) > 0))
        {
            opening[place] = random.Next(1, 7);
            world.Receive(place.Item1, place.Item2, opening[place]);
        }

        var isFree = random.Next(6) == 0;
        var lines = Enumerable.Range(1, random.Next(1, 5)).Select(n => new OrderLine(
            n, Skus[random.Next(Skus.Length)], "thing", random.Next(1, 4), new Money(isFree ? 0 : random.Next(1, 2_000) / 100m, Gbp)));
        world.Ask(new OrderCommand.Place(world.Id, 1, Gbp, null, null, null, OrderOrigin.Client, [.. lines]));

        // The customer and the warehouse act now and then; the world goes on until nothing is left to deliver.
        for (var acts = random.Next(8); !world.IsQuiet || acts > 0;)
        {
            if (!world.IsQuiet && (acts == 0 || random.Next(3) > 0))
            {
                world.Step();
            }
            else
            {
                acts--;
                Act(world, random, opening);
            }
        }

        // Who waits for a provider that never answers waits until the payment's time is over.
        world.Pass(TimeSpan.FromMinutes(15));
        while (!world.IsQuiet)
        {
            world.Step();
        }

        AssertSettled(seed, world, opening);
        return world;
    }

    static void Act(FulfilmentWorld world, Random random, Dictionary<(Sku, LocationId), int> opening)
    {
        var id = new Guid(random.Next(), 0, 0, new byte[8]);
        var line = world.Order.Lines.Values.ElementAt(random.Next(world.Order.Lines.Count));
        ImmutableArray<LineQuantity> some(int most) => random.Next(2) == 0 || most == 0 ? [] : [new LineQuantity(line.Line.Line, random.Next(1, most + 1))];
        switch (random.Next(10))
        {
            case 9:
                world.Ask(new OrderCommand.CancelRest("never mind the rest"));
                break;
            case 0:
                world.Ask(new OrderCommand.Cancel("changed my mind"));
                break;
            case 1 or 2 or 3:
                world.Ask(new OrderCommand.Ship(id, some(line.ToShip)));
                break;
            case 4 or 5:
                world.Ask(new OrderCommand.Return(id, some(line.Returnable), "broken"));
                break;
            case 6:
                world.Pass(TimeSpan.FromMinutes(random.Next(1, random.Next(4) == 0 ? 3_000 : 30)));
                break;
            default:
                // Others trade meanwhile: they sell what was seen, and deliver what was missed.
                var place = (line.Line.Sku, new[] { Main, Spare, Attic }[random.Next(3)]);
                opening[place] = opening.GetValueOrDefault(place) + world.Trade(place.Sku, place.Item2, random.Next(-3, 3));
                break;
        }
    }

    static void AssertSettled(int seed, FulfilmentWorld world, Dictionary<(Sku, LocationId), int> opening)
    {
        Assert.That(world.Saga.IsSettled, Is.True, $"seed {seed}: {world.Saga.Phase}: {string.Join(", ", world.Log)}");
        Assert.That(world.Log.Aggregate(FulfilmentState.None, FulfilmentState.Evolve).Phase, Is.EqualTo(world.Saga.Phase));

        var kept = world.Order.Lines.Values.GroupBy(l => l.Line.Sku).ToDictionary(g => g.Key, g => (Ordered: g.Sum(l => l.Line.Quantity - l.Cancelled), Shipped: g.Sum(l => l.Shipped), Returned: g.Sum(l => l.Returned)));
        var isPromised = world.Saga.Phase is FulfilmentPhase.Confirmed or FulfilmentPhase.Completed;
        foreach (var sku in Skus)
        {
            var (ordered, shipped, returned) = kept.GetValueOrDefault(sku);
            var places = world.Stocks.Where(s => s.Key.Item1 == sku).ToList();
            Assert.That(places.Sum(s => s.Value.ReservedTotal), Is.EqualTo(isPromised ? ordered - shipped : 0), $"seed {seed}: {sku} held");
            Assert.That(places.Sum(s => s.Value.OnHand), Is.EqualTo(opening.Where(o => o.Key.Item1 == sku).Sum(o => o.Value) - shipped + returned), $"seed {seed}: {sku} on hand");
        }

        var due = world.Order.Lines.Values.Aggregate(Money.Zero(Gbp), (sum, l) => sum + l.Line.UnitPrice.Charge(l.Shipped));
        var owed = world.Order.Lines.Values.Aggregate(Money.Zero(Gbp), (sum, l) => sum + l.Line.UnitPrice.Charge(l.Returned));
        if (world.Payment.Status != PaymentStatus.None)
        {
            Assert.That((world.Payment.Captured, world.Payment.Refunded), Is.EqualTo((due, owed)), $"seed {seed}");
        }

        OrderStatus[] final = world.Saga.Phase switch
        {
            FulfilmentPhase.Undone => [OrderStatus.Rejected, OrderStatus.Cancelled],
            FulfilmentPhase.Completed => [OrderStatus.Completed, OrderStatus.Returned],
            _ => [OrderStatus.Confirmed, OrderStatus.PartiallyShipped],
        };
        Assert.That(final, Does.Contain(world.Order.Status), $"seed {seed}");
        PaymentStatus[] paid = isPromised
            ? [world.Order.Total.Amount == 0 ? PaymentStatus.None : PaymentStatus.Authorised]
            : [PaymentStatus.None, PaymentStatus.Declined, PaymentStatus.Expired, PaymentStatus.Voided];
        Assert.That(paid, Does.Contain(world.Payment.Status), $"seed {seed}");
        Assert.That(world.ProviderHolds, Is.EqualTo(isPromised && world.Order.Total.Amount > 0), $"seed {seed}: money held");
    }
}
