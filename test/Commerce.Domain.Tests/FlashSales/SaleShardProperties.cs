using Commerce.Domain.FlashSales;
using FsCheck.Fluent;
using static Commerce.Domain.Tests.FlashSales.FlashSaleWords;

namespace Commerce.Domain.Tests.FlashSales;

/// <summary>Whatever is asked of the shards of a sale, however late, often and in whatever order what one gave comes to the other: no unit is lost or twice.</summary>
[FsCheck.NUnit.Properties(MaxTest = 300, Replay = "20101201,7")]
public sealed class SaleShardProperties
{
    const int Of = 3;
    const int Units = 7;

    static readonly string[] Customers = ["ann", "ben", "cat", "dan", "eve"];

    [FsCheck.NUnit.Property]
    public void Units_are_conserved_over_all_shards_and_what_is_on_its_way(int seed)
    {
        var random = new Random(seed);
        FlashSale[] shards = [.. Enumerable.Range(0, Of).Select(Opened)];
        var (moves, arrived) = (new List<FlashSaleEvent.UnitsGiven>(), new HashSet<FlashSaleEvent.UnitsGiven>());
        for (var step = 0; step < 60; step++)
        {
            var (number, command) = Any(random, moves);
            foreach (var @event in FlashSale.Decide(command, shards[number]).Events)
            {
                shards[number] = FlashSale.Evolve(shards[number], @event);
                if (@event is FlashSaleEvent.UnitsGiven given)
                {
                    moves.Add(given);
                }
                else if (@event is FlashSaleEvent.UnitsTaken taken)
                {
                    Assert.That(arrived.Add(moves.Single(m => (m.From, m.To, m.Number) == (taken.From, number, taken.Number))), "Units arrived twice.");
                }
            }

            var onTheWay = moves.Where(m => !arrived.Contains(m)).Sum(m => m.Quantity);
            Assert.That(shards.Sum(s => s.Remaining + s.Claimed + s.GivenBack) + onTheWay, Is.EqualTo(Units));
            Assert.That(shards.SelectMany(s => s.Unclaimed), Is.All.Not.Negative);
            Assert.That(Customers.Select(CustomerId.Of).Select(c => shards.Sum(s => s.UnitsOf(c))), Is.All.LessThanOrEqualTo(2));
        }

        // At the end everything arrives, all closes, and stock has back what nobody claimed, under numbers that are each used once.
        var rests = new List<int>();
        foreach (var number in Enumerable.Range(0, Of))
        {
            var last = moves.Where(m => m.To == number).Select(FlashSaleCommand (m) => new FlashSaleCommand.TakeUnits(m.From, m.Number, m.Location, m.Quantity)).Append(Tick(60)).Append(Tick(90));
            foreach (var @event in last.SelectMany(command => Apply(command, number)))
            {
                rests.AddRange(@event is FlashSaleEvent.RestReturned rest ? [rest.Number] : []);
            }
        }

        Assert.That(rests, Is.Unique);
        Assert.That(shards.Sum(s => s.Claimed + s.GivenBack), Is.EqualTo(Units));

        IReadOnlyList<FlashSaleEvent> Apply(FlashSaleCommand command, int number)
        {
            var events = FlashSale.Decide(command, shards[number]).Events;
            shards[number] = events.Aggregate(shards[number], FlashSale.Evolve);
            return events;
        }
    }

    static FlashSale Opened(int number) =>
        new[] { Announced, new FlashSaleEvent.Sharded(number, Of), Stocked((Main, new SaleShard(number, Of).ShareOf(Units))) }.Aggregate(FlashSale.None, FlashSale.Evolve);

    static (int Shard, FlashSaleCommand Command) Any(Random random, List<FlashSaleEvent.UnitsGiven> moves)
    {
        var customer = Customers[random.Next(Customers.Length)];
        var shard = SaleShard.For(CustomerId.Of(customer), Of).Number;
        var claim = new SaleShard(shard, Of).ClaimOf(new Guid(random.Next(8), 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]));
        switch (random.Next(10))
        {
            case < 4:
                return (shard, new FlashSaleCommand.Claim(Noon, claim, CustomerId.Of(customer), random.Next(1, 3), null));
            case 4:
                return (shard, new FlashSaleCommand.Return(claim, 1));
            case 5 when random.Next(6) == 0:
                return (random.Next(Of), new FlashSaleCommand.Close());
            case < 8 when moves.Count > 0:
                var move = moves[random.Next(moves.Count)];
                return (move.To, new FlashSaleCommand.TakeUnits(move.From, move.Number, move.Location, move.Quantity));
            default:
                return (random.Next(Of), new FlashSaleCommand.GiveUnits(random.Next(Of), random.Next(1, 3)));
        }
    }
}
