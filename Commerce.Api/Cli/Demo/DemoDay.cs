using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Commerce.Api.Composition;
using Commerce.Projections.Auditing;

namespace Commerce.Api.Cli.Demo;

/// <summary>The whole demo: a day of trade, then the proof that it added up.</summary>
sealed class DemoDay(ShopClient shop, DemoPlan plan, CommerceHost host, DemoReport report)
{
    static readonly TimeSpan SettlingTimeMax = TimeSpan.FromSeconds(120);

    readonly DemoTrade _trade = new(shop, plan);
    readonly DemoWatch _watch = new(shop, host.Time);

    /// <summary>Plays it.</summary>
    /// <returns>Whether everything is as it must be.</returns>
    /// <exception cref="DemoFailedException">It could not be played to the end.</exception>
    public async Task<bool> Play(string run, CancellationToken cancellationToken)
    {
        var opened = host.Time.GetUtcNow();
        await Step($"{SampleCatalogue.Products.Count} products and two special ones registered, their stock received", _ => _trade.FillShelf(run, cancellationToken)).ConfigureAwait(false);

        var (taken, hot) = (Empty, Empty);
        await Step("orders placed by concurrent clients", async say =>
        {
            taken = await _trade.Place(plan.Orders, cancellationToken).ConfigureAwait(false);
            say(Sent(taken));
        }).ConfigureAwait(false);
        await Step("orders called off by their customers", async say =>
            say($"{await _trade.Cancel(taken, cancellationToken).ConfigureAwait(false)}")).ConfigureAwait(false);
        await Step($"buyers at once for {DemoPlan.HotUnits} units of {plan.Hot.Sku}", async say =>
        {
            hot = await _trade.Place(plan.HotOrders, cancellationToken).ConfigureAwait(false);
            say(Sent(hot));
        }).ConfigureAwait(false);

        var orders = taken.Orders.Keys.Concat(hot.Orders.Keys).ToList();
        await Step("orders settled: paid and confirmed, or undone", async say =>
            say($"{(await _watch.Settled(orders, SettlingTimeMax, cancellationToken).ConfigureAwait(false)).Count}")).ConfigureAwait(false);
        await Step("orders shipped, some of them sent back", async say =>
            say($"{await _trade.Ship(taken, cancellationToken).ConfigureAwait(false)} and {await _trade.Return(taken, cancellationToken).ConfigureAwait(false)}")).ConfigureAwait(false);

        IReadOnlyDictionary<string, JsonNode> settled = new Dictionary<string, JsonNode>();
        await Step("orders settled again: captured and refunded", async say =>
        {
            settled = await _watch.Settled(orders, SettlingTimeMax, cancellationToken).ConfigureAwait(false);
            say($"{settled.Count}");
        }).ConfigureAwait(false);
        var hotSold = await Show(settled, hot, opened, cancellationToken).ConfigureAwait(false);
        return await Audit(cancellationToken).ConfigureAwait(false) && Judge(hotSold);
    }

    static Taken Empty => new(new Dictionary<string, Afterwards>(), 0, 0, 0);

    async Task<int> Show(IReadOnlyDictionary<string, JsonNode> settled, Taken hot, DateTimeOffset opened, CancellationToken cancellationToken)
    {
        report.Orders(settled.Values);
        var levels = new List<JsonNode>();
        foreach (var sku in new[] { plan.Hot.Sku, plan.Scarce.Sku }.Concat(SampleCatalogue.Products.Take(3).Select(p => p.Sku)))
        {
            levels.Add(await shop.Get($"/stock/{sku}", cancellationToken).ConfigureAwait(false));
        }

        report.Stock(levels);
        var today = opened.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        report.Sales((await shop.Get($"/analytics/sales?by=country&from={today}", cancellationToken).ConfigureAwait(false)).AsArray());
        var refused = hot.Orders.Keys.Select(id => settled[id]).Where(o => o["status"]?.ToString() != "confirmed").ToList();
        var sold = hot.Orders.Count - refused.Count;
        var held = refused.Count(o => o["payment"]?["status"]?.ToString() == "authorised");
        report.Line($"The hot product: {hot.Orders.Count} buyers wanted one of {DemoPlan.HotUnits}; {sold} got one, {refused.Count} were refused, {held} of those still have money held.");
        return sold;
    }

    async Task<bool> Audit(CancellationToken cancellationToken)
    {
        var audit = await new Auditor(host.Log).Run(new AuditOptions { RequireSettled = true }, progress: null, cancellationToken).ConfigureAwait(false);
        foreach (var line in audit.Summary().Concat(audit.Offences.Take(10).Select(o => $"  {o}")))
        {
            report.Line(line);
        }

        return audit.IsClean;
    }

    bool Judge(int hotSold)
    {
        var isRight = hotSold == DemoPlan.HotUnits;
        report.Line(isRight
            ? "Every order has ended, exactly 100 hot units are sold, and the log adds up."
            : $"WRONG: {hotSold} hot units are sold, not {DemoPlan.HotUnits}.");
        return isRight;
    }

    async Task Step(string what, Func<Action<string>, Task> act)
    {
        var started = Stopwatch.GetTimestamp();
        var count = string.Empty;
        await act(text => count = text + " ").ConfigureAwait(false);
        report.Step(count + what, Stopwatch.GetElapsedTime(started));
    }

    static string Sent(Taken taken) =>
        $"{taken.Sent} requests, {taken.Repeats} of them repeats of a key ({taken.Recognised} answered as such): {taken.Orders.Count}";
}
