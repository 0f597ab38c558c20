using System.Collections.Immutable;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Orders;
using Commerce.Simulation.Machinery;
using Commerce.Simulation.Processes;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation.People;

/// <summary>
/// People who order, change their minds, in whole or for the rest, are sent their goods and send some back, at any time and without waiting for the
/// moment at which it makes sense.
/// </summary>
sealed class Shoppers(World world)
{
    const int LinesMax = 4;
    const int UnitsMax = 3;
    const int ShipmentsMax = 3;
    const int ReturnsMax = 2;

    static readonly Currency Gbp = Currency.Of("GBP");

    Random Random => world.Scheduler.Random;

    /// <summary>Each comes at a moment of its own.</summary>
    public void Come()
    {
        for (var number = 1; number <= world.Plan.Orders; number++)
        {
            var order = new OrderId(world.Scheduler.NewId());
            var mine = number;
            world.Scheduler.After(world.Plan.Trade * (0.9 * Random.NextDouble()), () => world.Act(() => Shop(order, mine)));
        }
    }

    async Task Shop(OrderId order, int number)
    {
        var wishes = Wishes();
        var token = Random.Next(8) == 0 ? Tokens.Declined : Tokens.Good;
        if (token == Tokens.Declined && world.Faults.Strikes(Fault.CallbackEarly))
        {
            // Who pays on the provider's own page is declined there before the order is placed here.
            world.Callbacks.Send(PaymentId.For(order), world.Books.Authorise(PaymentId.For(order), order, default, token));
        }

        var placed = await world.Customers.Ask(Order.StreamOf(order), (node, context) => Place(node, order, number, wishes, token, context)).ConfigureAwait(false);
        if (placed is not CommandOutcome.Accepted)
        {
            return;
        }

        if (Random.Next(5) == 0)
        {
            Sometime(() => Ask(order, new OrderCommand.Cancel("changed my mind")));
        }

        if (Random.Next(3) == 0)
        {
            Sometime(() => Ask(order, new OrderCommand.CancelRest("never mind the rest")));
        }

        for (var n = Random.Next(ShipmentsMax + 1); n > 0; n--)
        {
            var shipment = new OrderCommand.Ship(world.Scheduler.NewId(), Some(wishes));
            Sometime(() => Ask(order, shipment));
        }

        for (var n = Random.Next(ReturnsMax + 1); n > 0; n--)
        {
            var back = new OrderCommand.Return(world.Scheduler.NewId(), Some(wishes), "broken");
            Sometime(() => Ask(order, back));
        }
    }

    // What a shop's door does: looks up what each product costs now, then lets the order decide.
    static async Task<CommandOutcome> Place(AppNode node, OrderId order, int number, ImmutableArray<(Sku Sku, int Quantity)> wishes, string token, CommandContext context)
    {
        var lines = ImmutableArray.CreateBuilder<OrderLine>();
        foreach (var (sku, quantity) in wishes)
        {
            var product = await node.Product(sku).ConfigureAwait(false);
            if (!product.IsRegistered)
            {
                return new CommandOutcome.Rejected(ProductRejections.Unknown);
            }

            lines.Add(new OrderLine(lines.Count + 1, sku, product.Name, quantity, product.Price));
        }

        var command = new OrderCommand.Place(order, number, Gbp, null, "GB", token, OrderOrigin.Client, lines.ToImmutable());
        return await node.Handle(Order.Decider, Order.StreamOf(order), command, context).ConfigureAwait(false);
    }

    // The first SKU is in every third line or more.
    ImmutableArray<(Sku Sku, int Quantity)> Wishes() =>
    [
        .. Enumerable.Range(0, Random.Next(1, LinesMax + 1))
            .Select(_ => (world.Plan.Skus[Random.Next(3) == 0 ? 0 : Random.Next(world.Plan.Skus.Length)], Random.Next(1, UnitsMax + 1))),
    ];

    // No lines: all that is left.
    ImmutableArray<LineQuantity> Some(ImmutableArray<(Sku Sku, int Quantity)> wishes)
    {
        var line = Random.Next(wishes.Length);
        return Random.Next(2) == 0 ? [] : [new LineQuantity(line + 1, Random.Next(1, wishes[line].Quantity + 1))];
    }

    Task Ask(OrderId order, OrderCommand command) => world.Customers.Ask(Order.Decider, Order.StreamOf(order), command);

    void Sometime(Func<Task> act)
    {
        var left = world.Scheduler.Between(TimeSpan.Zero, world.Plan.Trade / 2);
        world.Scheduler.After(left, () => world.Act(act));
    }
}
