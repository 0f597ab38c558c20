using System.Globalization;
using System.Text.Json.Nodes;

namespace Commerce.Faults.People;

/// <summary>What is sold: of two things there is less than is wanted, of the others more.</summary>
static class Shelf
{
    /// <summary>Where stock lies, in the order in which it is asked for.</summary>
    public static readonly IReadOnlyList<string> Locations = ["main", "annexe"];

    /// <summary>There are a few of each, and some more come in now and then.</summary>
    public static readonly IReadOnlyList<string> Scarce = ["HOT-1", "HOT-2"];

    /// <summary>There is more than anybody wants.</summary>
    public static readonly IReadOnlyList<string> Plenty = ["MUG", "TEA", "CANDLE", "BOWL", "PLATE", "SPOON"];

    /// <summary>Units of each thing that there are a few of, at each location.</summary>
    const int ScarceUnits = 20;

    const int PlentyUnits = 1_000_000;

    /// <summary>Registers the products and takes their stock in.</summary>
    public static async Task Fill(Counter counter, Action<Promise> promised, CancellationToken cancellationToken)
    {
        var random = new Random(0);
        foreach (var (sku, units) in Plenty.Select(sku => (sku, PlentyUnits)).Concat(Scarce.Select(sku => (sku, ScarceUnits))))
        {
            var price = string.Create(CultureInfo.InvariantCulture, $"{1 + sku.Length}.{95 - sku.Length}");
            var product = new JsonObject { ["sku"] = sku, ["name"] = sku, ["price"] = new JsonObject { ["amount"] = price, ["currency"] = "GBP" } };
            if (await counter.Insist(HttpMethod.Post, "/products", product, $"product-{sku}", random, cancellationToken) is not { IsSuccess: true })
            {
                throw new FaultRunFailedException($"The product {sku} is not taken.");
            }

            foreach (var location in Locations)
            {
                await Receive(counter, sku, location, units, $"opening-{location}", promised, random, cancellationToken);
            }
        }
    }

    /// <summary>Takes units in.</summary>
    public static async Task Receive(Counter counter, string sku, string location, int units, string reference, Action<Promise> promised, Random random, CancellationToken cancellationToken)
    {
        var receipt = new JsonObject { ["quantity"] = units, ["reference"] = reference, ["location"] = location };
        if (await counter.Insist(HttpMethod.Post, $"/stock/{sku}/receipts", receipt, $"receipt-{sku}-{reference}", random, cancellationToken) is { IsSuccess: true })
        {
            promised(new Promise.Received(sku, location, units, reference));
        }
    }

    /// <summary>A basket of one to three things, as an order asks for them.</summary>
    public static JsonArray Basket(Random random)
    {
        var things = Plenty.Concat(Scarce).ToArray();
        random.Shuffle(things);
        return [.. things.Take(1 + random.Next(3)).Select(sku => new JsonObject { ["sku"] = sku, ["quantity"] = 1 + random.Next(2) })];
    }
}
