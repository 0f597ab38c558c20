using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using Commerce.Api.Sandbox;
using Commerce.Commands.Payments;
using Commerce.Domain;
using Commerce.Domain.Payments;
using Commerce.Testing;
using Polly.CircuitBreaker;

namespace Commerce.Api.Tests.Sandbox;

/// <summary>The sandbox over HTTP, asked as the application asks it.</summary>
[TestFixture]
public sealed class SandboxTests
{
    static readonly Currency Gbp = Currency.Of("GBP");
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    readonly PaymentId _payment = new(Guid.CreateVersion7());
    readonly OrderId _order = new(Guid.CreateVersion7());
    SandboxProvider? _sandbox;
    HttpPaymentProvider? _provider;
    HttpClient? _http;

    SandboxProvider Sandbox => _sandbox ?? throw new InvalidOperationException();

    HttpPaymentProvider Provider => _provider ?? throw new InvalidOperationException();

    HttpClient Http => _http ?? throw new InvalidOperationException();

    [SetUp]
    public Task Open() => Start(null);

    [TearDown]
    public async Task Close()
    {
        _http?.Dispose();
        _provider?.Dispose();
        if (_sandbox is not null)
        {
            await _sandbox.DisposeAsync();
        }
    }

    [Test]
    public async Task Money_is_held_taken_and_given_back_and_the_statement_tells_it()
    {
        var (capture, refund) = (Guid.CreateVersion7(), Guid.CreateVersion7());
        Assert.That(await Authorise(10), Is.InstanceOf<ProviderAnswer.Approved>());
        await Provider.Capture(_payment, capture, new Money(7, Gbp), default);
        await Provider.Refund(_payment, refund, new Money(2, Gbp), default);
        var payment = await Payment();
        Assert.That((payment?.Status, payment?.Captured.Amount, payment?.Refunded.Amount, payment?.Order), Is.EqualTo(("authorised", 7m, 2m, _order.ToString())));

        var today = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        var statement = await Http.GetFromJsonAsync($"/v1/statement?date={today}", SandboxJson.Default.SandboxStatement);
        Assert.That(statement?.Entries.Select(e => e.Kind), Is.EqualTo(new[] { SandboxKind.Authorisation, SandboxKind.Capture, SandboxKind.Refund }));
    }

    [Test]
    public async Task The_same_key_gives_the_same_answer_and_moves_no_more_money()
    {
        var capture = Guid.CreateVersion7();
        await Authorise(10);
        var first = await Provider.Capture(_payment, capture, new Money(7, Gbp), default);
        Assert.That(await Provider.Capture(_payment, capture, new Money(7, Gbp), default), Is.EqualTo(first));
        Assert.That((await Payment())?.Captured.Amount, Is.EqualTo(7));
        Assert.That(() => Provider.Capture(_payment, capture, new Money(1, Gbp), default), Throws.TypeOf<PaymentProviderFaultException>().With.Message.Contains("key-reused"));
    }

    [Test]
    public async Task More_than_is_held_cannot_be_taken_nor_more_than_was_taken_given_back()
    {
        await Authorise(10);
        await Provider.Capture(_payment, Guid.CreateVersion7(), new Money(7, Gbp), default);
        Assert.That(() => Provider.Capture(_payment, Guid.CreateVersion7(), new Money(4, Gbp), default), Throws.TypeOf<PaymentProviderFaultException>().With.Message.Contains("over-authorised"));
        Assert.That(() => Provider.Refund(_payment, Guid.CreateVersion7(), new Money(8, Gbp), default), Throws.TypeOf<PaymentProviderFaultException>().With.Message.Contains("over-captured"));
        Assert.That(() => Provider.Void(_payment, default), Throws.TypeOf<PaymentProviderFaultException>().With.Message.Contains("payment-captured"));
    }

    [Test]
    public async Task What_is_let_go_cannot_be_taken()
    {
        await Authorise(10);
        var first = await Provider.Void(_payment, default);
        Assert.That(await Provider.Void(_payment, default), Is.EqualTo(first));
        Assert.That(() => Provider.Capture(_payment, Guid.CreateVersion7(), new Money(4, Gbp), default), Throws.TypeOf<PaymentProviderFaultException>().With.Message.Contains("payment-voided"));
    }

    [TestCase(SandboxTokens.Declined, 10, "declined")]
    [TestCase(SandboxTokens.InsufficientFunds, 10, "insufficient-funds")]
    [TestCase(null, 402, "amount-declined")]
    public async Task Some_tokens_and_one_amount_are_declined(string? token, int amount, string code) =>
        Assert.That(await Authorise(amount, token), Is.EqualTo(new ProviderAnswer.Declined(code)));

    [TestCase(SandboxTokens.ErrorOnce)]
    [TestCase(SandboxTokens.LostAnswerOnce)]
    public async Task An_error_or_a_lost_answer_is_asked_again_and_booked_once(string token)
    {
        Assert.That(await Authorise(10, token), Is.InstanceOf<ProviderAnswer.Approved>());
        Assert.That((await Payment())?.Entries, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task What_the_provider_knows_of_a_payment_is_told_by_our_own_ids()
    {
        var capture = Guid.CreateVersion7();
        Assert.That(await Provider.Find(_payment, default), Is.Empty, "It has never heard of it.");
        await Authorise(10);
        await Provider.Capture(_payment, capture, new Money(7, Gbp), default);
        var known = await Provider.Find(_payment, default);
        Assert.That(known.Select(n => (n.Payment, n.Movement, n.Id, n.Amount)), Is.EqualTo(new (PaymentId, PaymentMovement, Guid?, Money?)[]
        {
            (_payment, PaymentMovement.Authorisation, null, new Money(10, Gbp)), (_payment, PaymentMovement.Capture, capture, new Money(7, Gbp)),
        }));
        Assert.That(known.Select(n => n.Answer), Is.All.InstanceOf<ProviderAnswer.Approved>());
        Assert.That(known.Select(n => DateTimeOffset.UtcNow - n.At), Is.All.LessThan(TimeSpan.FromMinutes(10)));
    }

    [Test]
    public async Task A_decline_is_known_as_well_and_moved_nothing_on_the_day()
    {
        await Authorise(10, SandboxTokens.Declined);
        Assert.That((await Provider.Find(_payment, default)).Single().Answer, Is.EqualTo(new ProviderAnswer.Declined("declined")));
        Assert.That(await Statement(), Is.Empty);
    }

    [Test]
    public async Task A_day_s_statement_is_read_page_by_page_to_its_end()
    {
        await Authorise(1_000);
        var captures = Enumerable.Range(0, 505).Select(_ => Guid.CreateVersion7()).ToList();
        foreach (var capture in captures)
        {
            await Provider.Capture(_payment, capture, new Money(1, Gbp), default);
        }

        Assert.That((await Statement()).Select(n => n.Id), Is.EqualTo(captures.Select(c => (Guid?)c).Prepend(null)));
    }

    [Test]
    public async Task A_page_that_is_none_is_refused()
    {
        using var answer = await Http.GetAsync("/v1/statement?date=2026-01-01&limit=0");
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task Its_books_survive_the_process_up_to_a_line_that_was_cut_short()
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"books-{Guid.NewGuid():N}.jsonl");
        await Close();
        await Start(file);
        var first = await Authorise(10);
        await Close();
        await File.AppendAllTextAsync(file, "{\"key\":\"half");
        await Start(file);
        Assert.That(await Authorise(10), Is.EqualTo(first));
        await Provider.Capture(_payment, Guid.CreateVersion7(), new Money(7, Gbp), default);
        await Close();
        await Start(file);
        Assert.That((await Payment())?.Captured.Amount, Is.EqualTo(7));
        await Close();
        File.Delete(file);
    }

    [Test]
    public async Task A_provider_that_is_down_is_left_alone_and_asked_again_when_it_is_back()
    {
        await Behave(new SandboxBehaviour(IsDown: true));
        for (var call = 0; call < 5; call++)
        {
            Assert.That(() => Authorise(10), Throws.TypeOf<PaymentProviderUnavailableException>());
        }

        Assert.That(Provider.Circuit.CircuitState, Is.EqualTo(CircuitState.Open));
        await Behave(new SandboxBehaviour());
        using var deadline = new CancellationTokenSource(Patience);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await Answers())
        {
            await timer.WaitForNextTickAsync(deadline.Token);
        }

        Assert.That(Provider.Circuit.CircuitState, Is.EqualTo(CircuitState.Closed));
    }

    [Test]
    public async Task A_provider_that_is_too_slow_counts_as_down()
    {
        await Behave(new SandboxBehaviour(DelayMs: 5_000));
        Assert.That(() => Authorise(10), Throws.TypeOf<PaymentProviderUnavailableException>());
    }

    [Test]
    public async Task A_behaviour_out_of_its_range_is_refused()
    {
        using var answer = await Http.PutAsJsonAsync("/v1/behaviour", new SandboxBehaviour(DelayMs: -1), SandboxJson.Default.SandboxBehaviour);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public void A_share_of_failures_is_spread_evenly() =>
        Assert.That(Enumerable.Range(0, 8).Select(n => new SandboxBehaviour(FailShare: 0.25).Fails(n)), Is.EqualTo(new[] { false, false, false, true, false, false, false, true }));

    async Task Start(string? books)
    {
        _sandbox = await SandboxProvider.Start(new SandboxOptions { BooksFile = books }, TimeProvider.System, default);
        _http = new HttpClient { BaseAddress = Sandbox.Address };
        _provider = new HttpPaymentProvider(
            new HttpPaymentProviderOptions
            {
                BaseAddress = Sandbox.Address,
                AttemptTimeout = TimeSpan.FromMilliseconds(500),
                RetriesMax = 2,
                RetryPause = TimeSpan.FromMilliseconds(1),
                BreakerOpens = TimeSpan.FromMilliseconds(500),
            },
            TimeProvider.System);
    }

    async Task Behave(SandboxBehaviour behaviour)
    {
        using var answer = await Http.PutAsJsonAsync("/v1/behaviour", behaviour, SandboxJson.Default.SandboxBehaviour);
        answer.EnsureSuccessStatusCode();
    }

    async Task<bool> Answers()
    {
        try
        {
            return await Authorise(10) is ProviderAnswer.Approved;
        }
        catch (PaymentProviderUnavailableException)
        {
            return false;
        }
    }

    Task<ProviderAnswer> Authorise(decimal amount, string? token = null) => Provider.Authorise(_payment, _order, new Money(amount, Gbp), token, default);

    async Task<IReadOnlyList<PaymentNews>> Statement()
    {
        var told = new List<PaymentNews>();
        foreach (var day in new[] { DateOnly.FromDateTime(DateTime.UtcNow).AddDays(-1), DateOnly.FromDateTime(DateTime.UtcNow) })
        {
            told.AddRange(await Provider.Statement(day, default).Collect());
        }

        return told;
    }

    Task<SandboxPayment?> Payment() => Http.GetFromJsonAsync($"/v1/payments/{_payment}", SandboxJson.Default.SandboxPayment);
}
