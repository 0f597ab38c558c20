using System.Text.Json;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Domain.Log;

namespace Commerce.Api.Tests;

/// <summary>What operators see and decide of projections, over HTTP and on the command line.</summary>
[TestFixture]
public sealed class ProjectionTests
{
    [Test]
    public async Task One_that_meets_what_it_cannot_apply_stands_still_alone_until_somebody_skips_the_event()
    {
        await using var app = await CommerceApp.Start();
        var shopper = new Shopper(app);
        await shopper.Stock("MUG-1");
        var broken = await app.Host.Log.Append(
            StreamName.For("product", "BROKEN"), ExpectedRevision.None, [new NewEvent(Guid.NewGuid(), "product-registered.v1", "[]"u8.ToArray(), default)], default) as AppendResult.Appended;
        var position = broken?.Position.ToString() ?? throw new AssertionException("It was not appended.");

        var stopped = Products(await shopper.Until("/ops/projections", r => StateOf(r) == "standsStill"));
        Assert.That((stopped.GetProperty("stoppedAt").GetString(), stopped.GetProperty("stoppedBy").GetString()), Is.EqualTo((position, "product-registered.v1")));
        Assert.That(stopped.GetProperty("error").GetString(), Does.Contain("cannot apply"));
        var order = (await shopper.Order("MUG-1", "order-1")).Header("Location") ?? string.Empty;
        await shopper.Until(order, o => o.Status == 200 && o.Field("status") == "confirmed");

        var elsewhere = await shopper.Post("/ops/projections/products/skip", """{"position":"1","reason":"wrong one"}""", "skip-0");
        Assert.That((elsewhere.Status, elsewhere.Field("code")), Is.EqualTo((409, "projection-stands-elsewhere")));
        Assert.That((await Ops(app, "list")).Output, Does.Contain("products").And.Contain("cannot apply"));
        Assert.That((await Ops(app, "retry", "products", "--reason", "mended, perhaps")).Code, Is.Zero);
        await shopper.Until("/ops/projections", r => StateOf(r) == "standsStill");

        var skipped = await shopper.Post("/ops/projections/products/skip", $$"""{"position":"{{position}}","reason":"no product"}""", "skip-1");
        Assert.That(skipped.Status, Is.EqualTo(200), skipped.Text);
        await shopper.Until("/ops/projections", r => StateOf(r) == "running");
        await shopper.Stock("MUG-2");
        await shopper.Until("/products/MUG-2", p => p.Status == 200);

        var decisions = new List<string>();
        await foreach (var e in app.Host.Log.ReadStream(StreamName.For("projection", "products"), ReadDirection.Forwards, 0, 10, default))
        {
            decisions.Add(e.Type);
        }

        Assert.That(decisions, Is.EqualTo(new[] { "projection-retry-asked.v1", "projection-event-skipped.v1" }));
    }

    [Test]
    public async Task Of_one_that_runs_or_does_not_exist_there_is_nothing_to_decide()
    {
        await using var app = await CommerceApp.Start();
        var shopper = new Shopper(app);
        await shopper.Until("/ops/projections", r => r.Status == 200 && StateOf(r) == "running");

        var runs = await shopper.Post("/ops/projections/products/retry", """{"reason":"impatience"}""", "retry-1");
        var unknown = await shopper.Post("/ops/projections/nothing/retry", """{"reason":"impatience"}""", "retry-2");
        var said = await Ops(app, "skip", "products", "--position", "1", "--reason", "impatience");

        Assert.That((runs.Status, runs.Field("code")), Is.EqualTo((409, "projection-runs")));
        Assert.That((unknown.Status, unknown.Field("code")), Is.EqualTo((404, "projection-unknown")));
        Assert.That((said.Code, said.Error), Is.EqualTo((2, "commerce: The projection does not stand still. (projection-runs)\n")));
    }

    [Test]
    public async Task A_rebuild_is_asked_for_and_followed_and_what_it_replaced_is_kept_until_it_is_dropped()
    {
        await using var app = await CommerceApp.Start();
        var shopper = new Shopper(app);
        await shopper.Stock("MUG-1");
        await shopper.Until("/products/MUG-1", p => p.Status == 200);

        var rebuilt = await Ops(app, "rebuild", "products", "--reason", "rows were lost");
        Assert.That(rebuilt.Code, Is.Zero, rebuilt.Error);
        Assert.That(rebuilt.Output, Does.StartWith("products version 1 is rebuilt up to position "));
        var listed = Products(await shopper.Until("/ops/projections", r => StateOf(r) == "running"));
        Assert.That((listed.GetProperty("version").GetInt32(), listed.GetProperty("replacedVersion").GetInt32(), listed.TryGetProperty("rebuild", out _)), Is.EqualTo((1, 1, false)));
        Assert.That((await Ops(app, "list")).Output, Does.Contain("version 1, which a rebuild replaced, is kept until it is dropped"));
        Assert.That((await shopper.Get("/products/MUG-1")).Status, Is.EqualTo(200));

        var dropped = await shopper.Post("/ops/projections/products/drop", """{"reason":"checked"}""", "drop-1");
        Assert.That(dropped.Status, Is.EqualTo(200), dropped.Text);
        await shopper.Until("/ops/projections", r => !Products(r).TryGetProperty("replacedVersion", out _));
        var again = await shopper.Post("/ops/projections/products/drop", """{"reason":"checked"}""", "drop-2");
        Assert.That((again.Status, again.Field("code")), Is.EqualTo((409, "projection-nothing-replaced")));
    }

    [Test]
    public async Task One_that_is_paused_goes_on_when_it_is_resumed()
    {
        await using var app = await CommerceApp.Start();
        var shopper = new Shopper(app);
        await shopper.Until("/ops/projections", r => r.Status == 200 && StateOf(r) == "running");

        Assert.That((await shopper.Post("/ops/projections/products/pause", """{"reason":"the disk is full"}""", "pause-1")).Status, Is.EqualTo(200));
        await shopper.Until("/ops/projections", r => StateOf(r) == "paused" && !Products(r).GetProperty("isLedHere").GetBoolean());
        Assert.That((await Ops(app, "rebuild", "products", "--reason", "impatience")).Error, Is.EqualTo("commerce: The projection is paused: resume it first. (projection-paused)\n"));
        await shopper.Stock("MUG-1");
        Assert.That((await Ops(app, "resume", "products", "--reason", "there is room")).Code, Is.Zero);

        await shopper.Until("/products/MUG-1", p => p.Status == 200);
        var resumed = await shopper.Post("/ops/projections/products/resume", """{"reason":"there is room"}""", "resume-1");
        Assert.That((resumed.Status, resumed.Field("code")), Is.EqualTo((409, "projection-not-paused")));
    }

    static string? StateOf(Reply reply) => Products(reply).GetProperty("state").GetString();

    static JsonElement Products(Reply reply) => reply.Json.GetProperty("items").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "products");

    static Task<Said> Ops(CommerceApp app, string verb, params string[] arguments) =>
        Terminal.Run(["projections", verb, .. arguments, "--postgres", app.Host.ConnectionString]);
}
