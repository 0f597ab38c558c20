using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Scanning;
using Commerce.Domain.Payments;
using Commerce.Testing.Telemetry;

namespace Commerce.Commands.Tests.Payments.Scanning;

/// <summary>Payments without an answer are asked for at the provider until they have one.</summary>
[TestFixture]
public sealed class PaymentScanTests
{
    ScannedShop? _shop;

    ScannedShop Shop => _shop ?? throw new InvalidOperationException();

    [SetUp]
    public async Task Open() => _shop = await ScannedShop.Open();

    [TearDown]
    public async Task Close()
    {
        if (_shop is not null)
        {
            await _shop.DisposeAsync();
        }
    }

    [Test]
    public async Task What_is_found_out_belongs_to_the_trace_of_who_asked_for_it()
    {
        var payment = await Shop.Requested();
        Shop.Knows(payment, PaymentMovement.Authorisation);
        await Shop.Start();
        await Shop.UntilNothingIsOpen();
        Assert.That(await Shop.LastOf(payment), Is.EqualTo(("payment-authorised.v1", "corr-1", ScannedShop.Trace.Split('-')[1])));
    }

    [Test]
    public async Task What_the_provider_knows_is_recorded_whatever_it_moved()
    {
        var (capture, refund) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        var (paid, called, declined) = (await Shop.Requested(), await Shop.Requested(), await Shop.Requested());
        Shop.Knows(paid, PaymentMovement.Authorisation);
        Shop.Knows(called, PaymentMovement.Authorisation);
        Shop.Knows(declined, PaymentMovement.Authorisation, answer: new ProviderAnswer.Declined("no"));
        await Shop.Start();
        await ScannedShop.Until(async () => (await Shop.PaymentOf(paid)).Status == PaymentStatus.Authorised && (await Shop.PaymentOf(called)).Status == PaymentStatus.Authorised);
        Assert.That(async () => await Eventually(declined), Is.EqualTo(PaymentStatus.Declined));

        Shop.Knows(paid, PaymentMovement.Capture, capture);
        await Shop.Ask(paid, new PaymentCommand.RequestCapture(capture, ScannedShop.Pounds(7)));
        Shop.Knows(called, PaymentMovement.Void);
        await Shop.Ask(called, new PaymentCommand.RequestVoid(VoidReason.OrderCancelled));
        await ScannedShop.Until(async () => (await Shop.PaymentOf(paid)).Captured == ScannedShop.Pounds(7) && (await Shop.PaymentOf(called)).Status == PaymentStatus.Voided);

        Shop.Knows(paid, PaymentMovement.Refund, refund);
        await Shop.Ask(paid, new PaymentCommand.RequestRefund(refund, ScannedShop.Pounds(2)));
        await ScannedShop.Until(async () => (await Shop.PaymentOf(paid)).Refunded == ScannedShop.Pounds(2));
        await Shop.UntilNothingIsOpen();
        Assert.That(Shop.Provider.Books, Is.Empty, "Nothing was asked for a second time.");
    }

    [Test]
    public async Task What_the_provider_never_heard_of_is_asked_for_again_and_happens_once()
    {
        var payment = await Shop.Requested();
        await Shop.Start();
        await Shop.UntilNothingIsOpen();
        Assert.That((await Shop.PaymentOf(payment)).Status, Is.EqualTo(PaymentStatus.Authorised));
        Assert.That(Shop.Provider.Books, Is.EqualTo(new[] { ("authorise", payment, 10m) }));
    }

    [Test]
    public async Task What_the_provider_has_not_decided_is_asked_for_until_it_has()
    {
        var payment = await Shop.Requested();
        Shop.Knows(payment, PaymentMovement.Authorisation, answer: new ProviderAnswer.Pending());
        await Shop.Start();
        await ScannedShop.Until(async () => (await Shop.Table.Due(DateTimeOffset.MaxValue.AddDays(-1), 10, default)) is [{ Asks: >= 2 }]);
        Assert.That((await Shop.PaymentOf(payment)).Status, Is.EqualTo(PaymentStatus.Requested));
        Shop.Knows(payment, PaymentMovement.Authorisation);
        await ScannedShop.Until(async () => (await Shop.PaymentOf(payment)).Status == PaymentStatus.Authorised);
        await Shop.UntilNothingIsOpen();
        Assert.That(Shop.Provider.Books, Is.Empty);
    }

    [Test]
    public async Task While_the_provider_is_down_nothing_is_lost()
    {
        var payment = await Shop.Requested();
        Shop.Knows(payment, PaymentMovement.Authorisation);
        Shop.Provider.IsDown = true;
        await Shop.Start();
        await ScannedShop.Until(() => Task.FromResult(Shop.Provider.RefusedCalls >= 3));
        Assert.That(await Shop.Table.Due(DateTimeOffset.UtcNow, 10, default), Has.Count.EqualTo(1).And.All.Matches<OpenMovement>(m => m.Asks == 0));
        Shop.Provider.IsDown = false;
        await Shop.UntilNothingIsOpen();
        Assert.That((await Shop.PaymentOf(payment)).Status, Is.EqualTo(PaymentStatus.Authorised));
    }

    [Test]
    public async Task A_scan_that_starts_anew_goes_on_where_the_last_one_ended()
    {
        var before = await Shop.Requested();
        Shop.Provider.IsDown = true;
        await Shop.Start();
        await ScannedShop.Until(async () => (await Shop.Table.Summary(default)).Count == 1);
        await Shop.Stop();
        var meanwhile = await Shop.Requested();
        Shop.Provider.IsDown = false;
        await Shop.Start();
        await ScannedShop.Until(async () => (await Shop.PaymentOf(before)).Status == PaymentStatus.Authorised && (await Shop.PaymentOf(meanwhile)).Status == PaymentStatus.Authorised);
        await Shop.UntilNothingIsOpen();
    }

    [Test]
    public async Task An_expired_payment_is_not_asked_for_again_and_its_late_approval_is_let_go()
    {
        var (unheard, approved) = (await Shop.Requested(DateTimeOffset.UtcNow), await Shop.Requested(DateTimeOffset.UtcNow));
        foreach (var payment in new[] { unheard, approved })
        {
            await Shop.Ask(payment, new PaymentCommand.Expire(DateTimeOffset.UtcNow));
        }

        Shop.Knows(approved, PaymentMovement.Authorisation);
        Shop.Knows(approved, PaymentMovement.Void);
        await Shop.Start();
        await ScannedShop.Until(async () => (await Shop.PaymentOf(approved)).Status == PaymentStatus.Voided);
        await Shop.UntilNothingIsOpen();
        Assert.That((await Shop.PaymentOf(unheard)).Status, Is.EqualTo(PaymentStatus.Expired));
        Assert.That(Shop.Provider.Books, Is.Empty);
    }

    [Test]
    public async Task An_expired_payment_that_the_provider_declined_is_not_asked_for_for_ever()
    {
        var payment = await Shop.Requested(DateTimeOffset.UtcNow);
        await Shop.Ask(payment, new PaymentCommand.Expire(DateTimeOffset.UtcNow));
        Shop.Knows(payment, PaymentMovement.Authorisation, answer: new ProviderAnswer.Declined("no"));
        await Shop.Start();
        await Shop.UntilNothingIsOpen();
        Assert.That((await Shop.PaymentOf(payment)).Status, Is.EqualTo(PaymentStatus.Expired));
    }

    [Test]
    public async Task What_is_open_and_what_came_of_asking_is_counted()
    {
        using var unanswered = new HeardFigures("commerce.payments.unanswered");
        using var age = new HeardFigures("commerce.payments.unanswered_age");
        using var asked = new HeardFigures("commerce.payments.asked");
        var payment = await Shop.Requested();
        Shop.Knows(payment, PaymentMovement.Authorisation, answer: new ProviderAnswer.Pending());
        await Shop.Start();
        await ScannedShop.Until(() => Task.FromResult(unanswered.Read() is [1] && age.Read() is [> 0] && asked.Sum(t => Equals(t["outcome"], "open")) > 0));

        Shop.Knows(payment, PaymentMovement.Authorisation);
        await ScannedShop.Until(() => Task.FromResult(unanswered.Read() is [0]));
        Assert.That((age.Read()[0], asked.Sum(t => Equals(t["outcome"], "settled"))), Is.EqualTo((0, 1)));
    }

    [Test]
    public void The_pauses_between_asks_grow_to_the_longest()
    {
        var options = new ScanOptions();
        int[] minutes = [1, 2, 4, 60, 60];
        Assert.That(new[] { 0, 1, 2, 9, int.MaxValue }.Select(options.Pause), Is.EqualTo(minutes.Select(m => TimeSpan.FromMinutes(m))));
    }

    async Task<PaymentStatus> Eventually(Commerce.Domain.PaymentId payment)
    {
        await ScannedShop.Until(async () => (await Shop.PaymentOf(payment)).Status != PaymentStatus.Requested);
        return (await Shop.PaymentOf(payment)).Status;
    }
}
