using System.Text.Json;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Projections.Auditing;

namespace Commerce.Api.Tests.Reconciling;

/// <summary>The verb <c>reconcile</c> against a provider over HTTP, and what can be read of it afterwards.</summary>
[TestFixture]
public sealed class ReconcileTests
{
    TwoSides? _sides;

    TwoSides Sides => _sides ?? throw new InvalidOperationException();

    [SetUp]
    public async Task Open() => _sides = await TwoSides.Open();

    [TearDown]
    public async Task Close()
    {
        if (_sides is not null)
        {
            await _sides.DisposeAsync();
        }
    }

    [Test]
    public async Task Books_that_agree_need_nobody()
    {
        await Sides.Authorised(10);
        await Sides.Requested(10);
        var said = await Sides.Reconcile();
        Assert.That((said.Code, said.Output), Is.EqualTo((0, $"{Sides.Today}, run 1: 1 movements, 0 differences, 0 repaired, 0 left for a person.\n")), said.Error);
    }

    [Test]
    public async Task Lost_answers_are_recorded_and_the_day_again_finds_nothing_and_our_books_add_up()
    {
        var (capture, lost, late, declined) = (Guid.CreateVersion7(), await Sides.Requested(10), await Sides.Requested(20, DateTimeOffset.UtcNow.AddSeconds(-1)), await Sides.Requested(30));
        await Sides.Theirs(lost, 10);
        await Sides.Ours(late, new PaymentCommand.Expire(DateTimeOffset.UtcNow));
        await Sides.Theirs(late, 20);
        await Sides.Ours(declined, new PaymentCommand.Decline("no"));
        await Sides.Theirs(declined, 30);
        var sent = await Sides.Held(30);
        var shipped = PaymentId.For(sent);
        await Sides.Ask(sent, new OrderCommand.Confirm(), new OrderCommand.Ship(capture, [new LineQuantity(1, 1)]));
        await Sides.Ours(shipped, new PaymentCommand.RequestCapture(capture, TwoSides.Pounds(15)));
        await Sides.TheirCapture(shipped, capture, 15);

        var first = await Sides.Reconcile();
        Assert.That(first.Code, Is.Zero, first.Output + first.Error);
        Assert.That(first.Output, Does.Contain("4 differences, 4 repaired, 0 left").And.Contain("repaired: missing here, capture of payment").And.Contain("repaired: state differs, authorisation of payment"));
        Assert.That((await Sides.PaymentOf(lost)).Status, Is.EqualTo(PaymentStatus.Authorised));
        Assert.That((await Sides.PaymentOf(late)).Status, Is.EqualTo(PaymentStatus.Voiding), "Nobody waits for it any more: it is let go.");
        Assert.That((await Sides.PaymentOf(declined)).Status, Is.EqualTo(PaymentStatus.Voiding));
        Assert.That((await Sides.PaymentOf(shipped)).Captured, Is.EqualTo(TwoSides.Pounds(15)));

        var again = await Sides.Reconcile();
        Assert.That((again.Code, again.Output), Is.EqualTo((0, $"{Sides.Today}, run 2: 5 movements, 0 differences, 0 repaired, 0 left for a person.\n")), again.Error);
        Assert.That((await new Auditor(Sides.App.Host.Log).Run(new AuditOptions(), null, default)).Offences.Where(o => o.Stream.StartsWith("payment-", StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public async Task What_no_rule_allows_is_listed_for_a_person_every_time_and_read_over_http()
    {
        var unknown = new PaymentId(Guid.CreateVersion7());
        await Sides.Theirs(unknown, 5);
        var missing = await Sides.Requested(10);
        await Sides.Ours(missing, new PaymentCommand.Authorise("made-up"));
        var other = await Sides.Requested(20);
        await Sides.Theirs(other, 19);

        foreach (var run in new[] { 1, 2 })
        {
            var said = await Sides.Reconcile();
            Assert.That(said.Code, Is.EqualTo(1), said.Output + said.Error);
            Assert.That(said.Output, Does.Contain($"run {run}: 3 movements, 3 differences, 0 repaired, 3 left for a person."));
            Assert.That(said.Output, Does.Contain($"for a person: missing here, authorisation of payment {unknown}: here nothing, at the provider 5 GBP done (sbx_"));
            Assert.That(said.Output, Does.Contain($"missing there, authorisation of payment {missing}").And.Contain($"amount differs, authorisation of payment {other}"));
        }

        Assert.That((await Sides.PaymentOf(other)).Status, Is.EqualTo(PaymentStatus.Requested), "Another amount is not the right one.");

        var day = await Read($"/ops/reconciliations/{Sides.Today}", r => r.Status == 200 && r.Json.GetProperty("lastRun").GetProperty("run").GetInt32() == 2 && r.Json.GetProperty("lastRun").TryGetProperty("finishedAt", out _));
        var differences = day.Json.GetProperty("differences").EnumerateArray().ToList();
        Assert.That(differences.Select(d => (Text(d, "class"), Text(d, "fate"), Text(d, "paymentId"))), Is.EquivalentTo(new[]
        {
            ("missingHere", "left", unknown.ToString()), ("missingThere", "left", missing.ToString()), ("amount", "left", other.ToString()),
        }));
        var first = await Read($"/ops/reconciliations/{Sides.Today}?limit=2", r => r.Status == 200);
        var second = await Read($"/ops/reconciliations/{Sides.Today}?limit=2&cursor={Text(first.Json, "next")}", r => r.Status == 200);
        Assert.That((first.Json.GetProperty("differences").GetArrayLength(), second.Json.GetProperty("differences").GetArrayLength()), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task What_an_order_wants_of_its_money_is_asked_for_once_where_its_fulfilment_was_lost()
    {
        var (shipment, back) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var cancelled = await Sides.Held(10);
        await Sides.Ask(cancelled, new OrderCommand.Cancel("unwanted"));
        var shipped = await Sides.Held(20);
        await Sides.Ask(shipped, new OrderCommand.Confirm(), new OrderCommand.Ship(shipment, [new LineQuantity(1, 1)]));
        var returned = await Sides.Held(30);
        await Sides.Ask(returned, new OrderCommand.Confirm(), new OrderCommand.Ship(shipment, []), new OrderCommand.Return(back, [], "broken"));
        await Sides.Ours(PaymentId.For(returned), new PaymentCommand.RequestCapture(shipment, TwoSides.Pounds(30)));
        await Sides.Ours(PaymentId.For(returned), new PaymentCommand.Capture(shipment, await Sides.TheirCapture(PaymentId.For(returned), shipment, 30)));

        var first = await Sides.Reconcile();
        Assert.That(first.Code, Is.Zero, first.Output + first.Error);
        Assert.That(first.Output, Does.Contain("3 differences, 3 repaired, 0 left")
            .And.Contain($"repaired: state differs, authorisation of payment {PaymentId.For(cancelled)} (order {cancelled}): by the order cancelled 10.00 GBP, here 10 GBP done")
            .And.Contain($"repaired: missing there, capture of payment {PaymentId.For(shipped)} (order {shipped}): by the order shipped 10.00 GBP, here nothing, at the provider nothing. Asked for.")
            .And.Contain($"repaired: missing there, refund of payment {PaymentId.For(returned)}"));
        Assert.That((await Sides.PaymentOf(PaymentId.For(cancelled))).Status, Is.EqualTo(PaymentStatus.Voiding));
        Assert.That((await Sides.PaymentOf(PaymentId.For(shipped))).Captures[shipment], Is.EqualTo(new Transfer(TwoSides.Pounds(10), IsDone: false)));
        Assert.That((await Sides.PaymentOf(PaymentId.For(returned))).Refunds[back], Is.EqualTo(new Transfer(TwoSides.Pounds(30), IsDone: false)));

        var again = await Sides.Reconcile();
        Assert.That((again.Code, again.Output), Is.EqualTo((0, $"{Sides.Today}, run 2: 6 movements, 0 differences, 0 repaired, 0 left for a person.\n")), again.Error);
    }

    [Test]
    public async Task Money_that_no_order_wants_and_orders_without_their_money_are_for_a_person_and_read_over_http()
    {
        var stranger = new OrderId(Guid.CreateVersion7());
        await Sides.Hold(stranger, 5);
        var unpaid = await Sides.Placed(10);
        await Sides.Ask(unpaid, new OrderCommand.Confirm());
        var other = await Sides.Placed(20);
        await Sides.Hold(other, 19);
        var taken = await Sides.Held(30);
        var capture = Guid.CreateVersion7();
        await Sides.Ours(PaymentId.For(taken), new PaymentCommand.RequestCapture(capture, TwoSides.Pounds(30)));
        await Sides.Ours(PaymentId.For(taken), new PaymentCommand.Capture(capture, await Sides.TheirCapture(PaymentId.For(taken), capture, 30)));
        await Sides.Ask(taken, new OrderCommand.Cancel("unwanted"));

        var said = await Sides.Reconcile();
        Assert.That(said.Code, Is.EqualTo(1), said.Output + said.Error);
        Assert.That(said.Output, Does.Contain("5 differences, 0 repaired, 5 left")
            .And.Contain($"for a person: missing here, authorisation of payment {PaymentId.For(stranger)}").And.Contain("by the orders nothing, here 5 GBP done, at the provider 5 GBP done")
            .And.Contain($"for a person: missing there, authorisation of payment {PaymentId.For(unpaid)} (order {unpaid}): by the order promised 10.00 GBP, here nothing")
            .And.Contain($"for a person: amount differs, authorisation of payment {PaymentId.For(other)} (order {other}): by the order placed 20.00 GBP, here 19 GBP done")
            .And.Contain($"for a person: missing here, capture of payment {PaymentId.For(taken)}")
            .And.Contain($"for a person: state differs, authorisation of payment {PaymentId.For(taken)}"));

        var day = await Read($"/ops/reconciliations/{Sides.Today}", r => r.Status == 200 && r.Json.GetProperty("lastRun").TryGetProperty("finishedAt", out _));
        var unheld = day.Json.GetProperty("differences").EnumerateArray().Single(d => Text(d, "paymentId") == PaymentId.For(unpaid).ToString());
        Assert.That((Text(unheld, "orderId"), Text(unheld, "orderSays"), Text(unheld, "fate")), Is.EqualTo((unpaid.ToString(), "promised", "left")));
    }

    [Test]
    public async Task Of_an_order_of_which_a_message_was_discarded_nothing_is_asked_for_by_a_rule()
    {
        var cancelled = await Sides.Held(10);
        await Sides.Ask(cancelled, new OrderCommand.Cancel("unwanted"));
        var letter = Guid.CreateVersion7();
        foreach (var command in new DeadLetterCommand[] { new DeadLetterCommand.Keep("fulfilment", cancelled, letter, "order-cancelled.v2", 7, "broken"), new DeadLetterCommand.Discard("let go by hand") })
        {
            await Sides.App.Host.Commands.Handle(DeadLetter.Decider, DeadLetter.StreamOf(letter), command, new CommandContext("test"), default);
        }

        var said = await Sides.Reconcile();
        Assert.That(said.Code, Is.EqualTo(1), said.Output + said.Error);
        Assert.That(said.Output, Does.Contain("1 differences, 0 repaired, 1 left").And.Contain("so it may have been done by hand."));
        Assert.That((await Sides.PaymentOf(PaymentId.For(cancelled))).Status, Is.EqualTo(PaymentStatus.Authorised));
    }

    [Test]
    public async Task The_runs_are_listed_the_newest_first_page_by_page()
    {
        await Sides.Authorised(10);
        await Sides.Reconcile();
        await Sides.Reconcile();
        await Read("/ops/reconciliations", r => r.Status == 200 && r.Json.GetProperty("items") is var items && items.GetArrayLength() == 2 && items[0].TryGetProperty("finishedAt", out _));
        var first = await Read("/ops/reconciliations?limit=1", r => r.Status == 200);
        var second = await Read($"/ops/reconciliations?limit=1&cursor={Text(first.Json, "next")}", r => r.Status == 200);
        Assert.That(new[] { first, second }.Select(p => p.Json.GetProperty("items")[0].GetProperty("run").GetInt32()), Is.EqualTo(new[] { 2, 1 }));
        Assert.That(second.Json.TryGetProperty("next", out _), Is.False);
    }

    [Test]
    public async Task A_day_that_nobody_reconciled_is_not_found_and_one_that_is_none_is_refused()
    {
        Assert.That((await Read("/ops/reconciliations/2020-01-01", r => r.Status != 503)).Refusal, Is.EqualTo((404, "reconciliation-unknown")));
        Assert.That((await Read("/ops/reconciliations/yesterday", r => r.Status != 503)).Refusal, Is.EqualTo((400, "parameter-invalid")));
    }

    [Test]
    public async Task A_dry_run_tells_what_it_would_do_and_writes_nothing_at_all()
    {
        var lost = await Sides.Requested(10);
        await Sides.Theirs(lost, 10);
        await Sides.Theirs(new PaymentId(Guid.CreateVersion7()), 5);
        var before = await Sides.App.Host.Log.Head(default);
        var file = Path.Combine(Path.GetTempPath(), $"reconciliation-{Guid.NewGuid():N}.json");
        var said = await Sides.Reconcile("--dry-run", "--json", file);
        Assert.That(said.Code, Is.EqualTo(1), said.Output + said.Error);
        Assert.That(said.Output, Does.Contain($"{Sides.Today} (dry run): 2 movements, 2 differences, 1 would be repaired, 1 left for a person.").And.Contain("repairable: missing here"));
        Assert.That(await Sides.App.Host.Log.Head(default), Is.EqualTo(before));
        var json = JsonElement.Parse(await File.ReadAllTextAsync(file));
        File.Delete(file);
        Assert.That((json.GetProperty("dryRun").GetBoolean(), json.GetProperty("differences").GetArrayLength(), json.TryGetProperty("run", out _)), Is.EqualTo((true, 2, false)));
    }

    [TestCase("--date", "2026-02-30")]
    [TestCase("--date", "2100-01-01")]
    [TestCase("--provider", "http://127.0.0.1:9")]
    [TestCase("--provider", "ftp://provider")]
    public async Task What_cannot_be_done_is_told_in_one_sentence_and_exit_code_2(string option, string value)
    {
        string[] arguments = option == "--date" ? ["--date", value, "--provider", "http://127.0.0.1:9"] : ["--date", Sides.Today, option, value];
        var said = await Terminal.Run(["reconcile", "--postgres", Sides.App.Host.ConnectionString, .. arguments]);
        Assert.That(said.Code, Is.EqualTo(2), said.Output + said.Error);
        Assert.That(said.Error, Does.StartWith("commerce: ").And.Not.Contain("   at "));
        Assert.That(said.Error.Trim().Split('\n'), Has.Length.EqualTo(1));
    }

    Task<Reply> Read(string path, Func<Reply, bool> isSo) => new Shopper(Sides.App).Until(path, isSo);

    static string Text(JsonElement json, string name) => json.GetProperty(name).ToString();
}
