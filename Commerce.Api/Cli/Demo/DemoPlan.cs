using System.Globalization;
using System.Text.Json.Nodes;

namespace Commerce.Api.Cli.Demo;

/// <summary>What a customer does with an order once it stands.</summary>
enum Afterwards
{
    /// <summary>Waits for the delivery.</summary>
    Waits,

    /// <summary>Calls it off at once.</summary>
    Cancels,

    /// <summary>Gets all of it in one parcel.</summary>
    Ships,

    /// <summary>Gets all of it, and sends all of it back.</summary>
    Returns,
}

/// <summary>One order of the plan.</summary>
/// <param name="Key">Idempotency key.</param>
/// <param name="Body">Body of the request.</param>
/// <param name="Sends">Times that the client sends it, at once, as a nervous client does.</param>
/// <param name="Afterwards">What comes then.</param>
sealed record PlannedOrder(string Key, JsonObject Body, int Sends, Afterwards Afterwards);

/// <summary>What the demo's customers will want: drawn from a seed, so that two runs want the same.</summary>
sealed class DemoPlan
{
    /// <summary>Orders of the ordinary trade.</summary>
    public const int OrderCount = 400;

    /// <summary>Units of the hot product.</summary>
    public const int HotUnits = 100;

    /// <summary>Buyers who want one of them.</summary>
    public const int HotBuyers = 1_000;

    /// <summary>Units of the product that is nearly gone.</summary>
    public const int ScarceUnits = 10;

    /// <summary>Units of each other product that come in before the trade.</summary>
    public const int UnitsReceived = 500;

    const string DeclinedToken = "tok_declined";

    static readonly string[] Countries = ["GB", "GB", "GB", "GB", "DE", "DE", "FR", "FR", "IE", "NL", "ES", "SE"];

    /// <summary>Draws a plan.</summary>
    /// <param name="seed">Same seed, same plan.</param>
    /// <param name="run">Name of the run: keeps its keys and its two special products apart from an earlier run's.</param>
    public DemoPlan(int seed, string run)
    {
        Hot = new($"HOT-LAMP-{run}", "Copper lamp, limited to 100", "49.00");
        Scarce = new($"LAST-CLOCK-{run}", "Cuckoo clock, the last ten", "120.00");

        // Not a secret: a plan that can be drawn again.
#pragma warning disable CA5394
        var random = new Random(seed);
        Orders = [.. Enumerable.Range(1, OrderCount).Select(n => Draw(random, $"{run}-{n}"))];
        HotOrders = [.. Enumerable.Range(1, HotBuyers).Select(n => new PlannedOrder(
            $"{run}-hot-{n}", Body(Customer(random), Country(random), null, [Line(Hot.Sku, 1)]), random.Next(10) == 0 ? 2 : 1, Afterwards.Waits))];
#pragma warning restore CA5394
    }

    /// <summary>The product that everybody wants.</summary>
    public SampleProduct Hot { get; }

    /// <summary>The product that runs out.</summary>
    public SampleProduct Scarce { get; }

    /// <summary>The ordinary trade.</summary>
    public IReadOnlyList<PlannedOrder> Orders { get; }

    /// <summary>One order for each buyer of the hot product.</summary>
    public IReadOnlyList<PlannedOrder> HotOrders { get; }

#pragma warning disable CA5394
    PlannedOrder Draw(Random random, string key)
    {
        var lines = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Line(SampleCatalogue.Products[random.Next(SampleCatalogue.Products.Count)].Sku, random.Next(1, 4))).ToList();
        if (random.Next(15) == 0)
        {
            lines.Add(Line(Scarce.Sku, 1));
        }

        var token = random.Next(15) == 0 ? DeclinedToken : null;
        var afterwards = random.Next(20) switch { < 2 => Afterwards.Cancels, < 6 => Afterwards.Ships, < 7 => Afterwards.Returns, _ => Afterwards.Waits };
        return new PlannedOrder(key, Body(Customer(random), Country(random), token, lines), random.Next(6) == 0 ? 3 : 1, afterwards);
    }

    static string Customer(Random random) => string.Create(CultureInfo.InvariantCulture, $"customer-{random.Next(1, 200)}");

    static string Country(Random random) => Countries[random.Next(Countries.Length)];
#pragma warning restore CA5394

    static JsonObject Line(string sku, int quantity) => new() { ["sku"] = sku, ["quantity"] = quantity };

    static JsonObject Body(string customer, string country, string? token, IEnumerable<JsonObject> lines)
    {
        var body = new JsonObject
        {
            ["customerId"] = customer,
            ["currency"] = SampleCatalogue.Currency,
            ["country"] = country,
            ["lines"] = new JsonArray([.. lines]),
        };
        if (token is not null)
        {
            body["paymentToken"] = token;
        }

        return body;
    }
}
