using System.Text.Json;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Domain;
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
        var shipped = await Sides.Authorised(40);
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
        Assert.That((await new Auditor(Sides.App.Host.Log).Run(new AuditOptions(), null, default)).Offences, Is.Empty);
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
