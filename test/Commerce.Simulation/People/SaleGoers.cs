using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Orders;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.People;

/// <summary>
/// Who announces flash sales and who comes to them: more than there are units, some with a payment, some who bring it later or
/// never, some who change their minds. Most sales are spread over several streams.
/// </summary>
sealed class SaleGoers(World world)
{
    const int SalesMax = 2;
    const int UnitsMax = 12;
    const int UnitsPerCustomerMax = 3;
    const int MinutesToPayMax = 4;
    const int ShardsMax = 4;

    /// <summary>Claims for each unit of a sale.</summary>
    const int WishesPerUnit = 2;

    static readonly Money Price = new(1.99m, Currency.Of("GBP"));

    Random Random => world.Scheduler.Random;

    /// <summary>Announces the sales of the day.</summary>
    public void Come()
    {
        for (var n = Random.Next(SalesMax + 1); n > 0; n--)
        {
            var sale = new FlashSaleId(world.Scheduler.NewId());
            After(world.Plan.Trade * (0.2 * Random.NextDouble()), () => Hold(sale));
        }
    }

    async Task Hold(FlashSaleId sale)
    {
        var (units, opens) = (Random.Next(1, UnitsMax + 1), world.Scheduler.Now);
        var closes = opens + world.Scheduler.Between(world.Plan.Trade / 4, world.Plan.Trade);
        var sku = world.Plan.Skus[Random.Next(world.Plan.Skus.Length)];

        // Drawn with its id.
        var shards = Math.Min(units, 1 + (sale.Value.ToByteArray()[0] % ShardsMax));
        var announce = new FlashSaleCommand.Announce(opens, sale, sku, $"Thing {sku}", units, Price, opens, closes, Random.Next(1, UnitsPerCustomerMax + 1), Random.Next(1, MinutesToPayMax + 1))
        {
            Shard = new(0, shards),
        };
        await world.Customers.Ask(FlashSale.Decider, FlashSale.StreamOf(sale), announce).ConfigureAwait(false);
        for (var n = units * WishesPerUnit; n > 0; n--)
        {
            var (id, customer) = (world.Scheduler.NewId(), CustomerId.Of($"customer-{Random.Next(units)}"));
            var shard = SaleShard.For(customer, shards);
            After((closes - opens) * Random.NextDouble(), () => Claim(sale, shard, shards == 1 ? new OrderId(Uuid.FromName(id, "claim")) : shard.ClaimOf(id), customer));
        }

        if (Random.Next(4) == 0)
        {
            After((closes - opens) * Random.NextDouble(), () => world.Customers.Ask(FlashSale.StreamOf(sale), (node, context) => node.Shards.Close(sale, context, CancellationToken.None)));
        }
    }

    async Task Claim(FlashSaleId sale, SaleShard shard, OrderId claim, CustomerId customer)
    {
        var token = Random.Next(6) == 0 ? Tokens.Declined : Tokens.Good;
        var isPaidAtOnce = Random.Next(2) == 0;
        var command = new FlashSaleCommand.Claim(world.Scheduler.Now, claim, customer, Random.Next(1, 3), isPaidAtOnce ? token : null);
        if (await Ask(sale, shard, command).ConfigureAwait(false) is not CommandOutcome.Accepted)
        {
            return;
        }

        if (!isPaidAtOnce && Random.Next(3) > 0)
        {
            await world.Customers.After(world.Scheduler.Between(TimeSpan.Zero, TimeSpan.FromMinutes(MinutesToPayMax))).ConfigureAwait(false);
            await world.Customers.Ask(FlashSale.Decider, SaleShard.StreamOf(sale, claim), new FlashSaleCommand.Pay(world.Scheduler.Now, claim, token)).ConfigureAwait(false);
        }

        foreach (var (wish, oneOf) in Wishes())
        {
            if (Random.Next(oneOf) == 0)
            {
                After(world.Scheduler.Between(TimeSpan.Zero, world.Plan.Trade / 2), () => world.Customers.Ask(Order.Decider, Order.StreamOf(claim), wish));
            }
        }
    }

    // As the door does: without an id of the command, for the sale knows its claims.
    Task<CommandOutcome> Ask(FlashSaleId sale, SaleShard shard, FlashSaleCommand.Claim command) => world.Customers.Ask(
        SaleShard.StreamOf(sale, shard.Number),
        async (node, context) =>
        {
            var outcome = await node.Shards.Claim(sale, shard, command, context with { CommandId = null, Fingerprint = null }, CancellationToken.None).ConfigureAwait(false);
            return outcome is CommandOutcome.Rejected { Rejection.Code: FlashSaleRejections.ClaimKnownCode } ? new CommandOutcome.Accepted(0, default, Replayed: true, []) : outcome;
        },
        command.Id.ToString());

    IEnumerable<(OrderCommand Wish, int OneOf)> Wishes() =>
    [
        (new OrderCommand.Cancel("changed my mind"), 5),
        (new OrderCommand.Ship(world.Scheduler.NewId(), [new LineQuantity(1, 1)]), 3),
        (new OrderCommand.CancelRest("never mind the rest"), 4),
        (new OrderCommand.Return(world.Scheduler.NewId(), [], "broken"), 6),
    ];

    void After(TimeSpan time, Func<Task> act) => world.Scheduler.After(time, () => world.Act(act));
}
