using Commerce.Domain.Payments;
using Commerce.Domain.Tests.Spec;

namespace Commerce.Domain.Tests.Payments;

public sealed class PaymentTests
{
    static readonly OrderId Order = new(new Guid("0190aaaa-0000-7000-8000-000000000001"));
    static readonly Guid First = new("0190aaaa-0000-7000-8000-0000000000a1");
    static readonly Guid Second = new("0190aaaa-0000-7000-8000-0000000000a2");
    static readonly DateTimeOffset Due = new(2026, 11, 2, 9, 15, 0, TimeSpan.Zero);
    static readonly PaymentEvent Requested = new PaymentEvent.Requested(Order, Pounds(10), "tok", Due);
    static readonly PaymentEvent Authorised = new PaymentEvent.Authorised("a1");
    static readonly PaymentEvent Declined = new PaymentEvent.Declined("no-funds");
    static readonly PaymentEvent Expired = new PaymentEvent.Expired();
    static readonly PaymentEvent VoidRequested = new PaymentEvent.VoidRequested(VoidReason.OrderCancelled);
    static readonly PaymentEvent Voided = new PaymentEvent.Voided("v1");
    static readonly PaymentCommand Request = new PaymentCommand.Request(Order, Pounds(10), "tok", Due);
    static readonly PaymentCommand Authorise = new PaymentCommand.Authorise("a1");
    static readonly PaymentCommand Decline = new PaymentCommand.Decline("no-funds");
    static readonly PaymentCommand Expire = new PaymentCommand.Expire(Due);
    static readonly PaymentCommand RequestVoid = new PaymentCommand.RequestVoid(VoidReason.OrderCancelled);
    static readonly PaymentCommand Void = new PaymentCommand.Void("v1");

    [Test]
    public void A_payment_is_asked_for_once_an_order()
    {
        Given().When(Request).Then(Requested);
        Given(Requested).When(Request).ThenNothing();
        Given(Requested).When(new PaymentCommand.Request(Order, Pounds(11), "tok", Due)).ThenRejected("id-reused", RejectionKind.Conflict);
    }

    [Test]
    public void Nothing_can_be_done_to_a_payment_that_was_not_asked_for()
    {
        foreach (var command in new[] { Authorise, Decline, Expire, RequestVoid, Void, RequestCapture(First, 1), Capture(First), RequestRefund(First, 1), Refund(First) })
        {
            Given().When(command).ThenRejected("payment-unknown", RejectionKind.NotFound);
        }
    }

    [Test]
    public void The_provider_authorises_or_declines_or_does_not_answer_in_time()
    {
        Given(Requested).When(Authorise).Then(Authorised);
        Given(Requested).When(Decline).Then(Declined);
        Given(Requested).When(Expire).Then(Expired);
    }

    [Test]
    public void The_first_answer_stands()
    {
        var answers = new[] { (Authorise, Authorised), (Decline, Declined), (Expire, Expired) };
        foreach (var (_, past) in answers)
        {
            foreach (var (command, @event) in answers)
            {
                if (past == @event)
                {
                    Given(Requested, past).When(command).ThenNothing();
                }
                else if (command != Authorise && (command, past) != (Decline, Expired))
                {
                    Given(Requested, past).When(command).ThenRejected("payment-status", RejectionKind.Conflict);
                }
            }
        }

        Given(Requested, Expired).When(Decline).ThenNothing();
    }

    [Test]
    public void A_yes_that_comes_too_late_is_noted_and_let_go_at_once()
    {
        PaymentEvent[] late = [new PaymentEvent.AuthorisedLate("a1"), new PaymentEvent.VoidRequested(VoidReason.TooLate)];
        Given(Requested, Expired).When(Authorise).Then(late);
        Given(Requested, Declined).When(Authorise).Then(late);
        Given([Requested, Expired, .. late]).When(Authorise).ThenNothing();
        Given([Requested, Expired, .. late]).When(Void).Then(Voided);
        Given([Requested, Expired, .. late, Voided]).Shows(p => p.Status == PaymentStatus.Voided);
        Given([Requested, Expired, .. late]).When(RequestCapture(First, 1)).ThenRejected("payment-status", RejectionKind.Conflict);
    }

    [Test]
    public void A_payment_is_given_up_when_its_time_is_over_and_not_before()
    {
        Given(Requested).When(new PaymentCommand.Expire(Due.AddTicks(-1))).ThenRejected("payment-not-due", RejectionKind.Conflict);
        Given(Requested).When(new PaymentCommand.Expire(Due)).Then(Expired);
        Given(new PaymentEvent.RequestedV1(Order, Pounds(10), "tok")).When(new PaymentCommand.Expire(default)).Then(Expired);
        Given(Requested).When(new PaymentCommand.Request(Order, Pounds(10), "tok", Due.AddDays(1))).ThenNothing();
    }

    [Test]
    public void An_authorisation_is_let_go_where_nothing_was_captured()
    {
        Given(Requested, Authorised).When(RequestVoid).Then(VoidRequested);
        Given(Requested, Authorised, VoidRequested).When(RequestVoid).ThenNothing();
        Given(Requested, Authorised, VoidRequested).When(Void).Then(Voided);
        Given(Requested, Authorised, VoidRequested, Voided).When(Void).ThenNothing();
        Given(Requested, Authorised, VoidRequested, Voided).When(Authorise).ThenNothing();
        Given(Requested, Authorised, CaptureRequested(First, 1)).When(RequestVoid).ThenRejected("payment-status", RejectionKind.Conflict);
        Given(Requested, Declined).When(RequestVoid).ThenRejected("payment-status", RejectionKind.Conflict);
        Given(Requested, Authorised).When(Void).ThenRejected("payment-status", RejectionKind.Conflict);
    }

    [Test]
    public void What_is_let_go_is_not_captured()
    {
        Given(Requested, Authorised, VoidRequested).When(RequestCapture(First, 1)).ThenRejected("payment-status", RejectionKind.Conflict);
        Given(Requested, Authorised, VoidRequested, Voided).When(RequestCapture(First, 1)).ThenRejected("payment-status", RejectionKind.Conflict);
        Given(Requested).When(RequestCapture(First, 1)).ThenRejected("payment-status", RejectionKind.Conflict);
    }

    [Test]
    public void Captures_do_not_pass_what_is_authorised_requests_counted_in()
    {
        Given(Requested, Authorised).When(RequestCapture(First, 10)).Then(CaptureRequested(First, 10));
        Given(Requested, Authorised, CaptureRequested(First, 9.99m)).When(RequestCapture(Second, 0.01m)).Then(CaptureRequested(Second, 0.01m));
        Given(Requested, Authorised, CaptureRequested(First, 9.99m)).When(RequestCapture(Second, 0.02m)).ThenRejected("over-authorised");
    }

    [Test]
    public void A_capture_happens_once_and_only_where_it_was_asked_for()
    {
        var asked = Given(Requested, Authorised, CaptureRequested(First, 4));
        asked.When(RequestCapture(First, 4)).ThenNothing();
        asked.When(RequestCapture(First, 5)).ThenRejected("id-reused", RejectionKind.Conflict);
        asked.When(Capture(First)).Then(Captured(First, 4));
        asked.When(Capture(Second)).ThenRejected("not-requested", RejectionKind.Conflict);
        Given(Requested, Authorised, CaptureRequested(First, 4), Captured(First, 4)).When(Capture(First)).ThenNothing();
        Given(Requested, Authorised, CaptureRequested(First, 4), Captured(First, 4)).Shows(p => p.Captured == Pounds(4) && p.Refunded == Pounds(0));
    }

    [Test]
    public void Refunds_do_not_pass_what_the_provider_took_requests_counted_in()
    {
        Given(Requested, Authorised, CaptureRequested(First, 4)).When(RequestRefund(First, 1)).ThenRejected("over-captured");
        var captured = Given(Requested, Authorised, CaptureRequested(First, 4), Captured(First, 4), RefundRequested(First, 3));
        captured.When(RequestRefund(Second, 1)).Then(RefundRequested(Second, 1));
        captured.When(RequestRefund(Second, 1.01m)).ThenRejected("over-captured");
    }

    [Test]
    public void A_refund_happens_once_and_only_where_it_was_asked_for()
    {
        PaymentEvent[] past = [Requested, Authorised, CaptureRequested(First, 4), Captured(First, 4), RefundRequested(First, 3)];
        Given(past).When(RequestRefund(First, 3)).ThenNothing();
        Given(past).When(RequestRefund(First, 2)).ThenRejected("id-reused", RejectionKind.Conflict);
        Given(past).When(Refund(First)).Then(Refunded(First, 3));
        Given(past).When(Refund(Second)).ThenRejected("not-requested", RejectionKind.Conflict);
        Given([.. past, Refunded(First, 3)]).When(Refund(First)).ThenNothing();
        Given([.. past, Refunded(First, 3)]).Shows(p => p.Refunded == Pounds(3));
    }

    [TestCase("0")]
    [TestCase("-1")]
    [TestCase("0.001")]
    [TestCase("1000000000000.01")]
    public void An_amount_is_above_zero_and_has_no_more_decimals_than_its_currency(string text)
    {
        var amount = decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Given().When(new PaymentCommand.Request(Order, Pounds(amount), null, null)).ThenRejected("amount-invalid");
        Given(Requested, Authorised).When(RequestCapture(First, amount)).ThenRejected("amount-invalid");
        Given(Requested, Authorised, CaptureRequested(First, 4), Captured(First, 4)).When(RequestRefund(First, amount)).ThenRejected("amount-invalid");
    }

    [Test]
    public void A_payment_is_in_one_currency()
    {
        var euro = new Money(1, Currency.Of("EUR"));
        Given(Requested, Authorised).When(new PaymentCommand.RequestCapture(First, euro)).ThenRejected("currency-mismatch");
        Given(Requested, Authorised, CaptureRequested(First, 4), Captured(First, 4)).When(new PaymentCommand.RequestRefund(First, euro)).ThenRejected("currency-mismatch");
    }

    [TestCaseSource(typeof(Texts), nameof(Texts.Invalid))]
    public void A_reference_of_the_provider_is_a_text_that_can_be_kept(string? text)
    {
        var reference = Texts.OrNull(text);
        foreach (var command in new PaymentCommand[]
        {
            new PaymentCommand.Authorise(reference), new PaymentCommand.Decline(reference), new PaymentCommand.Void(reference),
            new PaymentCommand.Capture(First, reference), new PaymentCommand.Refund(First, reference),
        })
        {
            Given(Requested).When(command).ThenRejected("reference-invalid");
        }

        if (text is not null)
        {
            Given().When(new PaymentCommand.Request(Order, Pounds(1), text, null)).ThenRejected("payment-token-invalid");
        }
    }

    static Given<PaymentCommand, PaymentEvent, Payment> Given(params PaymentEvent[] past) => new(Payment.Decider, past);

    static Money Pounds(decimal amount) => new(amount, Currency.Of("GBP"));

    static PaymentEvent CaptureRequested(Guid id, decimal amount) => new PaymentEvent.CaptureRequested(id, Pounds(amount));

    static PaymentEvent Captured(Guid id, decimal amount) => new PaymentEvent.Captured(id, Pounds(amount), "p1");

    static PaymentEvent RefundRequested(Guid id, decimal amount) => new PaymentEvent.RefundRequested(id, Pounds(amount));

    static PaymentEvent Refunded(Guid id, decimal amount) => new PaymentEvent.Refunded(id, Pounds(amount), "p1");

    static PaymentCommand RequestCapture(Guid id, decimal amount) => new PaymentCommand.RequestCapture(id, Pounds(amount));

    static PaymentCommand Capture(Guid id) => new PaymentCommand.Capture(id, "p1");

    static PaymentCommand RequestRefund(Guid id, decimal amount) => new PaymentCommand.RequestRefund(id, Pounds(amount));

    static PaymentCommand Refund(Guid id) => new PaymentCommand.Refund(id, "p1");
}
