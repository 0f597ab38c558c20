using Commerce.Domain;
using Commerce.Domain.Catalog;
using Commerce.Domain.Inventory;

namespace Commerce.Simulation.People;

/// <summary>Offers products, takes units in and strikes some off. Of what everybody wants there is less than is wanted.</summary>
sealed class Warehouse(World world)
{
    const int UnitsMax = 60;
    const int ScarceUnitsMax = 25;

    static readonly Currency Gbp = Currency.Of("GBP");

    Random Random => world.Scheduler.Random;

    /// <summary>Begins with some stock; more comes in during the day.</summary>
    public void Open()
    {
        foreach (var sku in world.Plan.Skus)
        {
            world.Act(() => world.Customers.Ask(Product.Decider, Product.StreamOf(sku), new ProductCommand.Register(sku, $"Thing {sku}", Price())));
            if (Random.Next(3) == 0)
            {
                Sometime(() => world.Customers.Ask(Product.Decider, Product.StreamOf(sku), new ProductCommand.ChangePrice(Price())));
            }

            foreach (var location in world.Plan.Policy.Locations)
            {
                Stock(sku, location);
            }
        }
    }

    void Stock(Sku sku, LocationId location)
    {
        if (Random.Next(5) > 0)
        {
            Receive(TimeSpan.Zero);
        }

        for (var more = Random.Next(3); more > 0; more--)
        {
            Receive(Anytime());
        }

        if (Random.Next(3) == 0)
        {
            var lost = new StockCommand.WriteOff(Random.Next(1, 6), "broken");
            At(Anytime(), () => Ask(lost));
        }

        void Receive(TimeSpan when)
        {
            var delivery = new StockCommand.Receive(Random.Next(1, sku == world.Plan.Skus[0] ? ScarceUnitsMax : UnitsMax), "delivery");
            At(when, () => Ask(delivery));
        }

        Task Ask(StockCommand command) => world.Customers.Ask(Domain.Inventory.Stock.Decider, Domain.Inventory.Stock.StreamOf(sku, location), command);
    }

    // Some prices have parts of a penny, some things are free.
    Money Price() => new(Random.Next(12) == 0 ? 0 : Random.Next(1, 400_000) / 10_000m, Gbp);

    TimeSpan Anytime() => world.Plan.Trade * (0.9 * Random.NextDouble());

    void Sometime(Func<Task> act) => At(Anytime(), act);

    void At(TimeSpan when, Func<Task> act) => world.Scheduler.After(when, () => world.Act(act));
}
