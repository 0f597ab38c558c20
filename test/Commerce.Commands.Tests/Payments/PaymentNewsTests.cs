using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Handling;
using Commerce.Commands.Payments;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;
using Commerce.Testing;

namespace Commerce.Commands.Tests.Payments;

/// <summary>What a provider says, against what the log has.</summary>
public sealed class PaymentNewsTests
{
    static readonly OrderId Order = new(new Guid("0190aaaa-0000-7000-8000-000000000001"));
    static readonly PaymentId Id = PaymentId.For(Order);
    static readonly Guid Part = new("0190aaaa-0000-7000-8000-0000000000a1");
    static readonly PaymentEvent Requested = new PaymentEvent.Requested(Order, Pounds(10), null, null);
    static readonly PaymentEvent Authorised = new PaymentEvent.Authorised("a1");
    static readonly PaymentEvent CaptureRequested = new PaymentEvent.CaptureRequested(Part, Pounds(4));
    static readonly PaymentEvent Captured = new PaymentEvent.Captured(Part, Pounds(4), "c1");
    static readonly PaymentEvent RefundRequested = new PaymentEvent.RefundRequested(Part, Pounds(4));
    static readonly PaymentEvent VoidRequested = new PaymentEvent.VoidRequested(VoidReason.OrderCancelled);
    static readonly DateTimeOffset At = new(2026, 11, 2, 9, 15, 0, TimeSpan.Zero);

    [Test]
    public async Task What_was_asked_and_is_answered_is_recorded()
    {
        await Said(Approved(PaymentMovement.Authorisation)).After(Requested).IsRecordedAs("payment-authorised.v1");
        await Said(Declined(PaymentMovement.Authorisation)).After(Requested).IsRecordedAs("payment-declined.v1");
        await Said(Approved(PaymentMovement.Capture, Part)).After(Requested, Authorised, CaptureRequested).IsRecordedAs("payment-captured.v1");
        await Said(Approved(PaymentMovement.Void)).After(Requested, Authorised, VoidRequested).IsRecordedAs("payment-voided.v1");
        await Said(Approved(PaymentMovement.Refund, Part)).After(Requested, Authorised, CaptureRequested, Captured, RefundRequested).IsRecordedAs("payment-refunded.v1");
    }

    [Test]
    public async Task A_yes_that_nobody_waits_for_any_more_is_recorded_and_let_go() =>
        await Said(Approved(PaymentMovement.Authorisation)).After(Requested, new PaymentEvent.Expired()).IsRecordedAs("payment-authorised-late.v1", "payment-void-requested.v1");

    [Test]
    public async Task What_is_known_already_changes_nothing()
    {
        await Said(Approved(PaymentMovement.Authorisation)).After(Requested, Authorised).Becomes<NewsOutcome.KnownAlready>();
        await Said(Approved(PaymentMovement.Authorisation)).After(Requested, Authorised, VoidRequested).Becomes<NewsOutcome.KnownAlready>();
        await Said(Declined(PaymentMovement.Authorisation)).After(Requested, new PaymentEvent.Declined("no")).Becomes<NewsOutcome.KnownAlready>();
        await Said(Approved(PaymentMovement.Capture, Part)).After(Requested, Authorised, CaptureRequested, Captured).Becomes<NewsOutcome.KnownAlready>();
    }

    [Test]
    public async Task What_the_log_does_not_know_is_unknown_and_may_become_known()
    {
        await Said(Approved(PaymentMovement.Authorisation)).After().IsUnknown("payment-unknown");
        await Said(Approved(PaymentMovement.Capture, Part)).After(Requested, Authorised).IsUnknown("not-requested");
        await Said(Approved(PaymentMovement.Refund)).After(Requested, Authorised).IsUnknown("not-requested");
    }

    [Test]
    public async Task What_does_not_agree_with_the_log_contradicts_it_and_changes_nothing()
    {
        await Said(Declined(PaymentMovement.Authorisation)).After(Requested, Authorised).Contradicts("payment-status");
        await Said(Approved(PaymentMovement.Void)).After(Requested, Authorised).Contradicts("payment-status");
        await Said(Declined(PaymentMovement.Void)).After(Requested, Authorised, VoidRequested).Contradicts("provider-refused");
        await Said(Declined(PaymentMovement.Capture, Part)).After(Requested, Authorised, CaptureRequested).Contradicts("provider-refused");
    }

    [Test]
    public async Task Another_amount_than_the_log_has_contradicts_it_even_where_the_movement_is_known()
    {
        await Said(Approved(PaymentMovement.Authorisation) with { Amount = Pounds(11) }).After(Requested).Contradicts("amount-differs");
        await Said(Approved(PaymentMovement.Capture, Part) with { Amount = new Money(4, Currency.Of("EUR")) }).After(Requested, Authorised, CaptureRequested, Captured).Contradicts("amount-differs");
        await Said(Approved(PaymentMovement.Capture, Part) with { Amount = Pounds(4.00m) }).After(Requested, Authorised, CaptureRequested).IsRecordedAs("payment-captured.v1");
    }

    [Test]
    public async Task The_event_has_happened_when_the_provider_says_so()
    {
        var log = new InMemoryEventLog(TimeProvider.System);
        await Said(Approved(PaymentMovement.Authorisation) with { At = At }).After(Requested).On(log);
        var recorded = (await log.ReadStream(Payment.StreamOf(Id), ReadDirection.Backwards, long.MaxValue, 1, default).Collect()).Single();
        Assert.That(EventMetadata.TryRead(recorded.Metadata)?.OccurredAt, Is.EqualTo(At));
    }

    static Hearing Said(PaymentNews news) => new(news, []);

    static PaymentNews Approved(PaymentMovement movement, Guid? id = null) => new(Id, movement, id, new ProviderAnswer.Approved("r1"));

    static PaymentNews Declined(PaymentMovement movement, Guid? id = null) => new(Id, movement, id, new ProviderAnswer.Declined("no"));

    static Money Pounds(decimal amount) => new(amount, Currency.Of("GBP"));

    /// <summary>News, and what the payment's stream holds when they come.</summary>
    sealed record Hearing(PaymentNews News, IReadOnlyList<PaymentEvent> Past)
    {
        public Hearing After(params PaymentEvent[] past) => this with { Past = past };

        public async Task IsRecordedAs(params string[] types)
        {
            var (outcome, added) = await On(new InMemoryEventLog(TimeProvider.System));
            Assert.That(outcome, Is.InstanceOf<NewsOutcome.Recorded>());
            Assert.That(added, Is.EqualTo(types));
        }

        public Task IsUnknown(string code) => Becomes<NewsOutcome.Unknown>(o => o.Rejection.Code, code);

        public Task Contradicts(string code) => Becomes<NewsOutcome.Contradicts>(o => o.Rejection.Code, code);

        public Task Becomes<T>()
            where T : NewsOutcome => Becomes<T>(_ => string.Empty, string.Empty);

        /// <summary>What becomes of it, and the types of what is written.</summary>
        public async Task<(NewsOutcome Outcome, IReadOnlyList<string> Added)> On(InMemoryEventLog log)
        {
            await using var processor = new CommandProcessor(log, TimeProvider.System);
            if (Past.Count > 0)
            {
                var metadata = new EventMetadata { OccurredAt = DateTimeOffset.UnixEpoch, Actor = "test" }.ToJson();
                await log.Append(Payment.StreamOf(Id), ExpectedRevision.None, [.. Past.Select(e => new NewEvent(Guid.NewGuid(), EventCatalog.NameOf(e), EventCatalog.ToJson(e), metadata))], default);
            }

            var outcome = await new PaymentNewsRecorder(processor, TimeProvider.System).Record(News, new CommandContext("test"), default);
            return (outcome, [.. (await log.ReadStream(Payment.StreamOf(Id), ReadDirection.Forwards, Past.Count, int.MaxValue, default).Collect()).Select(e => e.Type)]);
        }

        async Task Becomes<T>(Func<T, string> code, string expected)
            where T : NewsOutcome
        {
            var (outcome, added) = await On(new InMemoryEventLog(TimeProvider.System));
            Assert.That(outcome, Is.InstanceOf<T>());
            Assert.That((code((T)outcome), added.Count), Is.EqualTo((expected, 0)));
        }
    }
}
