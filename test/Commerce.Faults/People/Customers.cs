using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Commerce.Api.Sandbox;

namespace Commerce.Faults.People;

/// <summary>
/// Customers who come at a rate, however slow the answers are, up to a number at once. Each orders, and then changes their
/// mind, waits for the parcel, sends some of it back, or asks again whether the order is there.
/// </summary>
sealed class Customers(Counter counter, int seed)
{
    /// <summary>Customers in the shop at once; who comes on top of them goes away.</summary>
    const int PresentMax = 1_000;

    /// <summary>How long a customer waits for the order to be confirmed before they go home.</summary>
    static readonly TimeSpan WaitMax = TimeSpan.FromSeconds(60);

    static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>One in so many customers is a delivery of what is scarce.</summary>
    const int DeliveryEvery = 97;

    const int DeliveryUnits = 5;

    static readonly string[] Tokens =
    [
        "tok_ok", "tok_ok", "tok_ok", "tok_ok", "tok_ok", SandboxTokens.Declined, SandboxTokens.Slow, SandboxTokens.ErrorOnce, SandboxTokens.LostAnswerOnce,
    ];

    readonly ConcurrentBag<Promise> _promises = [];
    readonly ConcurrentQueue<string> _broken = [];
    int _came;
    int _turnedAway;
    int _present;

    /// <summary>What they were told.</summary>
    public IReadOnlyCollection<Promise> Promises => _promises;

    /// <summary>What they were told and what contradicts it: that it never happened, or is not so.</summary>
    public IReadOnlyCollection<string> Broken => _broken;

    /// <summary>Who came.</summary>
    public int Came => Volatile.Read(ref _came);

    /// <summary>Who went away because the shop was crowded.</summary>
    public int TurnedAway => Volatile.Read(ref _turnedAway);

    /// <summary>Notes what somebody was told.</summary>
    public void Note(Promise promise) => _promises.Add(promise);

    /// <summary>Lets them come until the time is over; ends when the last has gone.</summary>
    /// <param name="perSecond">How many.</param>
    /// <param name="over">Nobody comes any more.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    public async Task Come(int perSecond, CancellationToken over, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        var visits = new List<Task>();
        while (!over.IsCancellationRequested)
        {
            for (var due = (int)(TimeProvider.System.GetElapsedTime(since).TotalSeconds * perSecond); _came < due;)
            {
                visits.RemoveAll(v => v.IsCompletedSuccessfully);
                var number = Interlocked.Increment(ref _came);
                if (Volatile.Read(ref _present) < PresentMax)
                {
                    visits.Add(Visit(number, cancellationToken));
                }
                else
                {
                    Interlocked.Increment(ref _turnedAway);
                }
            }

            await Task.Delay(TimeSpan.FromSeconds(1.0 / perSecond), over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(visits);
    }

    async Task Visit(int number, CancellationToken ct)
    {
        Interlocked.Increment(ref _present);
        try
        {
            // A seed of its own: what a customer wants does not hang on who was served before.
            var random = new Random(HashOf(seed, number));
            if (number % DeliveryEvery == 0)
            {
                await Shelf.Receive(counter, Shelf.Scarce[random.Next(Shelf.Scarce.Count)], Shelf.Locations[random.Next(Shelf.Locations.Count)], DeliveryUnits, $"delivery-{number}", Note, random, ct);
                return;
            }

            await Shop($"order-{number}", random, ct);
        }
        finally
        {
            Interlocked.Decrement(ref _present);
        }
    }

    async Task Shop(string key, Random random, CancellationToken ct)
    {
        var body = new JsonObject { ["currency"] = "GBP", ["country"] = "GB", ["paymentToken"] = Tokens[random.Next(Tokens.Length)], ["lines"] = Shelf.Basket(random) };
        var plan = random.Next(10);

        // An impatient one presses the button twice.
        var twins = plan == 0 ? 2 : 1;
        var (first, second) = (new Random(random.Next()), new Random(random.Next()));
        var asked = twins == 2
            ? await Task.WhenAll(Place(key, body, first, ct), Place(key, (JsonObject)body.DeepClone(), second, ct))
            : [await Place(key, body, first, ct)];
        if (asked[0] is not { } order)
        {
            return;
        }

        if (asked.Any(a => a != order))
        {
            _broken.Enqueue($"{key} is order {order}, and when asked twice at once {string.Join(", ", asked)}.");
        }

        await (plan switch
        {
            1 or 2 => Cancel(order, random, ct),
            3 or 4 or 5 or 6 => Receive(order, random, ct),
            7 => AskAgain(key, body, order, random, ct),
            _ => Task.CompletedTask,
        });
    }

    async Task<Guid?> Place(string key, JsonObject body, Random random, CancellationToken ct)
    {
        var reply = await Command($"{key} is not answered", "/orders", body, key, random, ct);
        if (reply is null)
        {
            return null;
        }

        if (reply.Status != HttpStatusCode.Created || !Guid.TryParse(reply.Text("orderId"), out var order))
        {
            _broken.Enqueue($"{key} was answered {(int)reply.Status} {reply.Body?.ToJsonString()}");
            return null;
        }

        Note(new Promise.Taken(key, order));
        return order;
    }

    async Task AskAgain(string key, JsonObject body, Guid order, Random random, CancellationToken ct)
    {
        await Task.Delay(TimeSpan.FromSeconds(10 * random.NextDouble()), ct);
        var reply = await Command($"{key} is not answered a second time", "/orders", (JsonObject)body.DeepClone(), key, random, ct);
        if (reply is not null && (!reply.IsReplay || reply.Text("orderId") != order.ToString()))
        {
            _broken.Enqueue($"{key} is order {order}, and when asked later {(int)reply.Status} {reply.Body?.ToJsonString()}, replayed: {reply.IsReplay}.");
        }
    }

    async Task Cancel(Guid order, Random random, CancellationToken ct)
    {
        await Task.Delay(TimeSpan.FromSeconds(3 * random.NextDouble()), ct);
        var reply = await Command($"cancelling {order} is not answered", $"/orders/{order}/cancel", new JsonObject { ["reason"] = "changed my mind" }, $"cancel-{order}", random, ct);
        if (IsDone(reply, order, "cancel"))
        {
            Note(new Promise.Cancelled(order));
        }
    }

    async Task Receive(Guid order, Random random, CancellationToken ct)
    {
        if (!await IsConfirmed(order, random, ct))
        {
            return;
        }

        var shipped = await Command($"shipping {order} is not answered", $"/orders/{order}/shipments", [], $"ship-{order}", random, ct);
        if (!IsDone(shipped, order, "ship") || !Guid.TryParse(shipped?.Text("shipmentId"), out var shipment))
        {
            return;
        }

        Note(new Promise.Shipped(order, shipment));
        if (random.Next(3) == 0)
        {
            var back = new JsonObject { ["reason"] = "not what I thought", ["lines"] = new JsonArray(new JsonObject { ["line"] = 1, ["quantity"] = 1 }) };
            var returned = await Command($"returning {order} is not answered", $"/orders/{order}/returns", back, $"return-{order}", random, ct);
            if (IsDone(returned, order, "return") && Guid.TryParse(returned?.Text("returnId"), out var id))
            {
                Note(new Promise.Returned(order, id));
            }
        }
    }

    async Task<bool> IsConfirmed(Guid order, Random random, CancellationToken ct)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(since) < WaitMax)
        {
            var reply = await counter.Insist(HttpMethod.Get, $"/orders/{order}", null, null, random, ct);
            if (reply?.Text("status") is { } status && status != "placed")
            {
                return status == "confirmed";
            }

            await Task.Delay(LookEvery, ct);
        }

        return false;
    }

    async Task<Reply?> Command(string unanswered, string path, JsonObject body, string key, Random random, CancellationToken ct)
    {
        var reply = await counter.Insist(HttpMethod.Post, path, body, key, random, ct);
        if (reply is null)
        {
            _broken.Enqueue($"{unanswered}.");
        }

        return reply;
    }

    // An order that was taken is known; that it cannot be cancelled or shipped (any more) is an answer.
    bool IsDone(Reply? reply, Guid order, string what)
    {
        if (reply is { IsSuccess: false } and not { Status: HttpStatusCode.Conflict or HttpStatusCode.UnprocessableEntity })
        {
            _broken.Enqueue($"{what} {order} was answered {(int)reply.Status} {reply.Body?.ToJsonString()}");
        }

        return reply is { IsSuccess: true };
    }

    static int HashOf(int seed, int number) => unchecked((seed * 486_187_739) + (number * 16_777_619));
}
