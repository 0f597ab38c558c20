using System.Globalization;
using System.Text.Json.Nodes;
using Commerce.Api.Sandbox;

namespace Commerce.Api.Tests.Crash;

/// <summary>How an order ends whatever happens on its way; the buyers of the hot product race, so theirs is open.</summary>
enum Ending
{
    Confirmed,
    Declined,
    Cancelled,
    Raced,
}

/// <summary>One order that a customer wants.</summary>
sealed record Wish(string Key, JsonObject Body, Ending Ending);

/// <summary>What the customers want: every other one the hot product, the others mixed.</summary>
static class CrashPlan
{
    public const string HotSku = "HOT";
    public const int HotUnits = 20;
    public const int HotBuyers = 60;
    public const int OtherBuyers = HotBuyers;

    /// <summary>More than all of them want.</summary>
    public const int OtherUnits = 1_000;

    const int SlowPayersMax = 8;
    const string Approved = "tok_ok";

    public static IReadOnlyList<string> OtherSkus { get; } = ["MUG", "TEA", "CANDLE"];

    public static IReadOnlyList<Wish> Wishes { get; } = [.. Enumerable.Range(0, HotBuyers).SelectMany(n => new[] { Hot(n), Other(n) })];

    static Wish Hot(int n) => new(Invariant($"hot-{n}"), Body(Approved, [Line(HotSku, 1)]), Ending.Raced);

    // Of six customers one cannot pay and one changes their mind. The last ones' payments take seconds: what is killed
    // when the last order is accepted has orders under way.
    static Wish Other(int n) => (n % 6) switch
    {
        0 => new(Invariant($"declined-{n}"), Body(SandboxTokens.Declined, Lines(n)), Ending.Declined),
        1 => new(Invariant($"cancelled-{n}"), Body(Approved, Lines(n)), Ending.Cancelled),
        _ => new(Invariant($"confirmed-{n}"), Body(n < OtherBuyers - SlowPayersMax ? Approved : SandboxTokens.Slow, Lines(n)), Ending.Confirmed),
    };

    static IEnumerable<JsonObject> Lines(int n) => OtherSkus.Take(1 + (n % OtherSkus.Count)).Select(sku => Line(sku, 1 + (n % 2)));

    static JsonObject Line(string sku, int quantity) => new() { ["sku"] = sku, ["quantity"] = quantity };

    static JsonObject Body(string token, IEnumerable<JsonObject> lines) =>
        new() { ["currency"] = "GBP", ["country"] = "GB", ["paymentToken"] = token, ["lines"] = new JsonArray([.. lines]) };

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
