using Commerce.Domain;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Payments;

/// <summary>What a provider says became of one movement of one payment: in an answer, in a callback or in its books.</summary>
/// <param name="Payment">Our id of the payment.</param>
/// <param name="Movement">What was to be done.</param>
/// <param name="Id">Our id of it: of a capture or refund; null: there is only one of its kind.</param>
/// <param name="Answer">Done, or why not.</param>
/// <param name="Amount">How much it was; null: not said.</param>
/// <param name="At">When it happened, by the provider's clock; null: not said.</param>
public sealed record PaymentNews(PaymentId Payment, PaymentMovement Movement, Guid? Id, ProviderAnswer Answer, Money? Amount = null, DateTimeOffset? At = null)
{
    /// <summary>What it asks of the payment, where nothing contradicts it.</summary>
    internal PaymentCommand Command => (Movement, Answer, Id) switch
    {
        (PaymentMovement.Authorisation, ProviderAnswer.Approved { Reference: var reference }, _) => new PaymentCommand.Authorise(reference),
        (PaymentMovement.Authorisation, ProviderAnswer.Declined { Code: var code }, _) => new PaymentCommand.Decline(code),
        (PaymentMovement.Void, ProviderAnswer.Approved { Reference: var reference }, _) => new PaymentCommand.Void(reference),
        (PaymentMovement.Capture, ProviderAnswer.Approved { Reference: var reference }, { } id) => new PaymentCommand.Capture(id, reference),
        (PaymentMovement.Refund, ProviderAnswer.Approved { Reference: var reference }, { } id) => new PaymentCommand.Refund(id, reference),
        _ => throw new InvalidOperationException($"{this} asks nothing of a payment."),
    };

    /// <summary>Whether it says what our log may contradict, beside what the payment itself refuses.</summary>
    internal bool IsCompared => Movement != PaymentMovement.Authorisation || Amount is not null;

    /// <summary>Why it cannot be so, beside what the payment itself refuses; null: it can.</summary>
    /// <param name="payment">As our log has it.</param>
    internal Rejection? Objection(Payment payment) => this switch
    {
        _ when payment.Status == PaymentStatus.None => PaymentRejections.Unknown,
        { Movement: PaymentMovement.Capture or PaymentMovement.Refund } when Expected(payment) is null => PaymentRejections.NotRequested,
        { Amount: { } said } when Expected(payment) is { } expected && said != expected => NewsContradictions.OtherAmount(said, expected),

        // What it holds or took it has agreed to move: a no to that is for a person.
        { Movement: not PaymentMovement.Authorisation, Answer: ProviderAnswer.Declined { Code: var code } } => NewsContradictions.Refused(code),
        _ => null,
    };

    Money? Expected(Payment payment) => Movement switch
    {
        PaymentMovement.Capture => Id is { } id ? payment.Captures.GetValueOrDefault(id)?.Amount : null,
        PaymentMovement.Refund => Id is { } id ? payment.Refunds.GetValueOrDefault(id)?.Amount : null,
        _ => payment.Amount,
    };
}

/// <summary>What a provider can say that does not agree with our log, beside what the payment itself refuses.</summary>
static class NewsContradictions
{
    /// <summary>It did not do what it had agreed to.</summary>
    public static Rejection Refused(string code) => new("provider-refused", $"The provider refused what it had agreed to: {code}.", RejectionKind.Conflict);

    /// <summary>It moved another amount.</summary>
    public static Rejection OtherAmount(Money said, Money expected) => new("amount-differs", $"The provider speaks of {said}, the log of {expected}.", RejectionKind.Conflict);
}
