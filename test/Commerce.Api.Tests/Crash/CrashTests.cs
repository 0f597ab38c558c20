using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Commerce.Api.Cli.Demo;
using Commerce.Api.Sandbox;
using Commerce.Faults.Site;
using Commerce.Projections.Auditing;

namespace Commerce.Api.Tests.Crash;

/// <summary>The serving process is killed (SIGKILL) while it takes orders and while it fulfils them; what it accepted stands.</summary>
[TestFixture]
public sealed class CrashTests
{
    /// <summary>The first kill comes with this acceptance: most customers have not been served, some wait for an answer.</summary>
    const int AcceptedBeforeKill = 40;

    /// <summary>For a start, a database cluster and a broker included, on a busy machine.</summary>
    const int TimeMaxMs = 240_000;

    static readonly Dictionary<string, string> Sandboxed = new() { ["Commerce__Payments__Sandbox"] = "true" };

    static readonly TimeSpan SettlingTimeMax = TimeSpan.FromSeconds(60);

    [TestCase(Surroundings.Embedded)]
    [TestCase(Surroundings.RabbitMq)]
    [TestCase(Surroundings.EventStoreDb)]
    [CancelAfter(TimeMaxMs)]
    public async Task What_was_accepted_before_a_kill_ends_as_it_would_have_without(Surroundings surroundings, CancellationToken ct)
    {
        await using var premises = await Premises.Take(surroundings, ct);
        await using var process = ServingProcess.Serve("shop", premises.Arguments, Sandboxed);
        using var http = new HttpClient { BaseAddress = process.Address, DefaultRequestHeaders = { Authorization = ServingProcess.Credentials } };
        var shop = new ShopClient(http);
        var customers = new Customers(shop, process);
        await process.Start(ct);
        await customers.FillShelf(ct);

        await ShopThroughTwoKills(customers, process, premises, ct);
        IReadOnlyDictionary<string, JsonNode> settled;
        try
        {
            settled = await new DemoWatch(shop, TimeProvider.System).Settled(customers.Accepted.Values, SettlingTimeMax, ct);
        }
        catch (DemoFailedException e)
        {
            throw new AssertionException($"{e.Message}\n{process.LastWords}");
        }

        Assert.That(customers.Lost, Is.Positive, "a kill among requests loses answers");
        await CheckThatAcceptedOrdersAreKnown(customers, ct);
        CheckEndings(customers, settled);
        await CheckThatNothingIsThereTwice(shop, settled.Keys, ct);
        process.Kill();
        await process.Gone(ct);
        CheckBooks(premises, settled.Values);
        var audit = await Audit(premises, ct);
        Assert.That(audit.Offences, Is.Empty);
        Assert.That((audit.IsClean, audit.Orders.Placed, audit.Orders.Settled), Is.EqualTo((true, CrashPlan.Wishes.Count, CrashPlan.Wishes.Count)));
    }

    /// <summary>First among the requests, then with the last acceptance, when orders are being fulfilled.</summary>
    static async Task ShopThroughTwoKills(Customers customers, ServingProcess process, Premises premises, CancellationToken ct)
    {
        var (first, second) = (NewSignal(), NewSignal());
        var shopping = customers.Shop(count =>
        {
            if (count == AcceptedBeforeKill)
            {
                process.Kill();
                first.SetResult();
            }
            else if (count == CrashPlan.Wishes.Count)
            {
                process.Kill();
                second.SetResult();
            }
        }, ct);

        await Killed(first.Task);
        Assert.That(customers.Accepted, Has.Count.LessThan(CrashPlan.Wishes.Count), "some are still to come");
        await process.Start(ct);

        await Killed(second.Task);
        Assert.That((await Audit(premises, ct)).Orders.Open, Is.Positive, "some are being fulfilled");
        await process.Start(ct);
        await shopping;

        async Task Killed(Task kill)
        {
            // Shopping that failed says why; the kill would never come.
            await await Task.WhenAny(kill, shopping);
            await kill.WaitAsync(ct);
            await process.Gone(ct);
        }
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Who asks again gets the answer of before the kill.</summary>
    static async Task CheckThatAcceptedOrdersAreKnown(Customers customers, CancellationToken ct)
    {
        var strangers = new ConcurrentBag<string>();
        await customers.ShopAgain((wish, answer) =>
        {
            if (!answer.IsReplay || answer.Text("orderId") != customers.Accepted[wish.Key])
            {
                strangers.Add(wish.Key);
            }
        }, ct);
        Assert.That(strangers, Is.Empty);
    }

    static void CheckEndings(Customers customers, IReadOnlyDictionary<string, JsonNode> settled)
    {
        var ends = CrashPlan.Wishes.ToLookup(w => w.Ending, w => End(settled[customers.Accepted[w.Key]]));
        Assert.Multiple(() =>
        {
            Assert.That(ends[Ending.Confirmed], Is.All.EqualTo("confirmed"));
            Assert.That(ends[Ending.Cancelled], Is.All.EqualTo("cancelled"));
            Assert.That(ends[Ending.Declined], Is.All.EqualTo("rejected paymentDeclined"));
            Assert.That(ends[Ending.Raced].Count(e => e == "confirmed"), Is.EqualTo(CrashPlan.HotUnits));
            Assert.That(ends[Ending.Raced].Count(e => e == "rejected outOfStock"), Is.EqualTo(CrashPlan.HotBuyers - CrashPlan.HotUnits));
        });
    }

    static string End(JsonNode order) => $"{order["status"]} {order["rejectReason"]}".Trim();

    static async Task CheckThatNothingIsThereTwice(ShopClient shop, IEnumerable<string> accepted, CancellationToken ct)
    {
        var listed = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await shop.Get(cursor.Length == 0 ? "/orders" : $"/orders?cursor={Uri.EscapeDataString(cursor)}", ct);
            listed.AddRange(page["items"]?.AsArray().Select(o => o?["orderId"]?.ToString() ?? string.Empty) ?? []);
            cursor = page["next"]?.ToString();
        }

        Assert.That(listed, Is.EquivalentTo(accepted));
        var hot = await shop.Get($"/stock/{CrashPlan.HotSku}", ct);
        Assert.That(((int?)hot["reserved"], (int?)hot["available"]), Is.EqualTo(((int?)CrashPlan.HotUnits, (int?)0)));
    }

    /// <summary>The provider holds the money of what is confirmed and no other.</summary>
    static void CheckBooks(Premises premises, IEnumerable<JsonNode> settled)
    {
        using var books = new SandboxBooks(new SandboxOptions { BooksFile = premises.Books }, TimeProvider.System);
        var today = DateOnly.FromDateTime(DateTime.UtcNow);
        var held = books.Statement(today.AddDays(-1)).Entries.Concat(books.Statement(today).Entries)
            .Where(e => e.Kind == SandboxKind.Authorisation && books.Find(e.Payment)?.Status == "authorised")
            .Select(e => e.Order);
        Assert.That(held, Is.EquivalentTo(settled.Where(o => End(o) == "confirmed").Select(o => o["orderId"]?.ToString())));
    }

    static async Task<AuditReport> Audit(Premises premises, CancellationToken ct)
    {
        await using var host = await premises.Open(ct);
        return await new Auditor(host.Log).Run(new AuditOptions { RequireSettled = true }, progress: null, ct);
    }
}
