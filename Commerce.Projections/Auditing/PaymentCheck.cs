using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;

namespace Commerce.Projections.Auditing;

/// <summary>
/// Each payment: authorised at most once; 0 &lt;= refunded &lt;= captured &lt;= authorised, requests counted in; nothing is
/// captured or refunded that was not asked for, or twice; nothing is captured once it is let go, or of an authorisation that
/// came when the payment was given up; and none is given up before its time is over.
/// </summary>
sealed class PaymentCheck(AuditBook book) : AuditCheck(book)
{
    readonly Dictionary<StreamName, PaymentAccount> _payments = [];

    public override void On(RecordedEvent recorded, object? @event)
    {
        switch (@event)
        {
            case PaymentEvent.Requested e:
                Open(recorded, e);
                break;
            case PaymentEvent payment when _payments.TryGetValue(recorded.Stream, out var account):
                Apply(recorded, account, payment);
                break;
            case PaymentEvent:
                Book.Offend(recorded, "payment-not-requested", "The payment was never asked for.");
                break;
        }
    }

    public override AuditReport Report(AuditReport report) => report with
    {
        PaymentsByStatus = new SortedDictionary<string, long>(
            _payments.Values.CountBy(p => StatusOf(p)).ToDictionary(c => c.Key, c => (long)c.Value), StringComparer.Ordinal),
    };

    static string StatusOf(PaymentAccount payment) => payment.Status.ToString().ToLowerInvariant();

    void Open(RecordedEvent recorded, PaymentEvent.Requested e)
    {
        if (_payments.ContainsKey(recorded.Stream))
        {
            Book.Offend(recorded, "payment-requested-twice", "The payment was asked for before.");
            return;
        }

        if (recorded.Stream.Category != "payment")
        {
            Book.Offend(recorded, "wrong-stream", $"{recorded.Type} belongs to a stream of a payment.");
        }

        var account = new PaymentAccount(recorded.Stream.Value) { Status = PaymentStatus.Requested, Amount = e.Amount.Amount, Currency = e.Amount.Currency, Until = e.Until };
        _payments.Add(recorded.Stream, account);
        CheckAmount(recorded, account, e.Amount);

        var order = Book.Order(e.Order, recorded);
        if (order.Payment is { } other)
        {
            Book.Offend(recorded, "second-payment", $"Order {e.Order} has the payment {other.Stream} already.");
            return;
        }

        order.Payment = account;
    }

    void Apply(RecordedEvent recorded, PaymentAccount payment, PaymentEvent @event)
    {
        switch (@event)
        {
            case PaymentEvent.Authorised:
                Move(recorded, payment, PaymentStatus.Authorised, PaymentStatus.Requested);
                break;
            case PaymentEvent.AuthorisedLate:
                // Only a void may follow: whoever reads this before it comes sees money that nobody lets go.
                Move(recorded, payment, PaymentStatus.Authorised, PaymentStatus.Expired, PaymentStatus.Declined);
                payment.IsLate = true;
                break;
            case PaymentEvent.Declined:
                Move(recorded, payment, PaymentStatus.Declined, PaymentStatus.Requested);
                break;
            case PaymentEvent.Expired:
                Move(recorded, payment, PaymentStatus.Expired, PaymentStatus.Requested);
                CheckDue(recorded, payment);
                break;
            case PaymentEvent.VoidRequested:
                RequestVoid(recorded, payment);
                break;
            case PaymentEvent.Voided:
                Move(recorded, payment, PaymentStatus.Voided, PaymentStatus.Voiding);
                break;
            case PaymentEvent.CaptureRequested e:
                RequestCapture(recorded, payment, e);
                break;
            case PaymentEvent.Captured e:
                Complete(recorded, payment, payment.Captures, e.Capture, e.Amount, "capture");
                break;
            case PaymentEvent.RefundRequested e:
                RequestRefund(recorded, payment, e);
                break;
            case PaymentEvent.Refunded e:
                Complete(recorded, payment, payment.Refunds, e.Refund, e.Amount, "refund");
                break;
            default:
                Book.Offend(recorded, "event-not-judged", $"The auditor has no rule for {recorded.Type}.");
                break;
        }
    }

    void Move(RecordedEvent recorded, PaymentAccount payment, PaymentStatus to, params ReadOnlySpan<PaymentStatus> from)
    {
        if (!from.Contains(payment.Status))
        {
            Book.Offend(recorded, "payment-status", $"A payment that is {StatusOf(payment)} cannot become {to.ToString().ToLowerInvariant()}.");
        }

        payment.Status = to;
    }

    void CheckDue(RecordedEvent recorded, PaymentAccount payment)
    {
        if (EventMetadata.TryRead(recorded.Metadata)?.OccurredAt < payment.Until)
        {
            Book.Offend(recorded, "payment-expired-early", $"The payment had time until {payment.Until:O}.");
        }
    }

    void RequestVoid(RecordedEvent recorded, PaymentAccount payment)
    {
        Move(recorded, payment, PaymentStatus.Voiding, PaymentStatus.Authorised);
        if (payment.Captures.AreAny)
        {
            Book.Offend(recorded, "void-after-capture", "The payment is let go although a part of it was captured.");
        }
    }

    void RequestCapture(RecordedEvent recorded, PaymentAccount payment, PaymentEvent.CaptureRequested e)
    {
        if (payment.Status != PaymentStatus.Authorised || payment.IsLate)
        {
            Book.Offend(recorded, "capture-not-authorised", $"A payment that is {StatusOf(payment)} is captured.");
        }

        CheckAmount(recorded, payment, e.Amount);
        if (!payment.Captures.Request(e.Capture, e.Amount.Amount))
        {
            Book.Offend(recorded, "capture-requested-twice", $"Capture {e.Capture} was asked for before.");
        }

        if (payment.Captures.Requested > payment.Amount)
        {
            Book.Offend(recorded, "over-authorised", $"Captures of {payment.Captures.Requested} pass the {payment.Amount} authorised.");
        }
    }

    void RequestRefund(RecordedEvent recorded, PaymentAccount payment, PaymentEvent.RefundRequested e)
    {
        CheckAmount(recorded, payment, e.Amount);
        if (!payment.Refunds.Request(e.Refund, e.Amount.Amount))
        {
            Book.Offend(recorded, "refund-requested-twice", $"Refund {e.Refund} was asked for before.");
        }

        if (payment.Refunds.Requested > payment.Captures.Done)
        {
            Book.Offend(recorded, "over-captured", $"Refunds of {payment.Refunds.Requested} pass the {payment.Captures.Done} captured.");
        }
    }

    void Complete(RecordedEvent recorded, PaymentAccount payment, Transfers transfers, Guid id, Money amount, string what)
    {
        CheckAmount(recorded, payment, amount);
        switch (transfers.Complete(id, amount.Amount))
        {
            case null:
                Book.Offend(recorded, $"{what}-not-requested", $"The {what} {id} was not asked for, or is done already.");
                break;
            case { } asked when asked != amount.Amount:
                Book.Offend(recorded, $"{what}-amount", $"The {what} {id} was asked for {asked}, not {amount.Amount}.");
                break;
        }
    }

    void CheckAmount(RecordedEvent recorded, PaymentAccount payment, Money amount)
    {
        if (amount.Currency != payment.Currency)
        {
            Book.Offend(recorded, "currency", $"The payment is in {payment.Currency}, not {amount.Currency}.");
        }

        if (amount.Amount <= 0 || Charges.Of(amount.Amount, 1, amount.Currency) != amount.Amount)
        {
            Book.Offend(recorded, "amount", $"{amount} is not an amount that can be paid.");
        }
    }
}
