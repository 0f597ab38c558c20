using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Commerce.Domain;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Payments.Callbacks;

/// <summary>What a provider sends by itself, in the form that Standard Webhooks recommends.</summary>
/// <param name="Type"><c>payment.authorisation</c>, <c>payment.capture</c>, <c>payment.void</c> or <c>payment.refund</c>.</param>
/// <param name="Timestamp">When it happened.</param>
/// <param name="Data">What happened.</param>
public sealed record ProviderCallback(string Type, DateTimeOffset Timestamp, ProviderCallbackData Data)
{
    const string Approved = "approved";
    const string Declined = "declined";

    /// <summary>Says it as a provider would.</summary>
    /// <exception cref="ArgumentException">There is nothing to say of what is pending.</exception>
    public static ProviderCallback Of(PaymentNews news, DateTimeOffset at) => new(
        TypeOf(news.Movement),
        at,
        news.Answer switch
        {
            ProviderAnswer.Approved approved => new(news.Payment.ToString(), news.Id?.ToString(), Approved, approved.Reference, null, news.Amount),
            ProviderAnswer.Declined declined => new(news.Payment.ToString(), news.Id?.ToString(), Declined, null, declined.Code, news.Amount),
            _ => throw new ArgumentException("What is pending is not told.", nameof(news)),
        });

    /// <summary>Reads what a provider sent; false: it says nothing that we understand.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, [NotNullWhen(true)] out PaymentNews? news)
    {
        try
        {
            news = JsonSerializer.Deserialize(body, ProviderJson.Default.ProviderCallback)?.News();
        }
        catch (JsonException)
        {
            news = null;
        }

        return news is not null;
    }

    static string TypeOf(PaymentMovement movement) => movement switch
    {
        PaymentMovement.Authorisation => "payment.authorisation",
        PaymentMovement.Capture => "payment.capture",
        PaymentMovement.Void => "payment.void",
        PaymentMovement.Refund => "payment.refund",
        _ => throw new ArgumentOutOfRangeException(nameof(movement)),
    };

    PaymentNews? News()
    {
        var movement = Enum.GetValues<PaymentMovement>().Where(m => TypeOf(m) == Type).Select(m => (PaymentMovement?)m).FirstOrDefault();
        ProviderAnswer? answer = Data switch
        {
            { Status: Approved, Reference: { } reference } => new ProviderAnswer.Approved(reference),
            { Status: Declined, Code: { } code } => new ProviderAnswer.Declined(code),
            _ => null,
        };
        var id = Guid.TryParseExact(Data?.Id, "D", out var given) ? given : (Guid?)null;
        return movement is { } known && answer is not null && PaymentId.TryParse(Data?.Payment, null, out var payment)
            ? new(payment, known, id, answer, Data.Amount, Timestamp)
            : null;
    }
}

/// <summary>What became of one movement of one payment.</summary>
/// <param name="Payment">Our id of the payment.</param>
/// <param name="Id">Our id of the capture or refund; missing: the only one of its kind.</param>
/// <param name="Status"><c>approved</c> or <c>declined</c>.</param>
/// <param name="Reference">The provider's own id, when approved.</param>
/// <param name="Code">Why, when declined.</param>
/// <param name="Amount">How much; of a void, what was let go.</param>
public sealed record ProviderCallbackData(string Payment, string? Id, string Status, string? Reference, string? Code, Money? Amount);
