using System.Text.Json.Serialization;
using Commerce.Domain;
using Commerce.Domain.Payments;

namespace Commerce.Commands.Payments;

/// <summary>One line of the provider's books.</summary>
/// <param name="Key">The key of the call that it comes of.</param>
/// <param name="Kind">What was to be moved: <c>authorisation</c>, <c>capture</c>, <c>void</c> or <c>refund</c>, in upper or lower case.</param>
/// <param name="Payment">The id that the merchant gave the payment.</param>
/// <param name="Amount">How much.</param>
/// <param name="Reference">The provider's own id of it; null: it was not approved.</param>
/// <param name="Code">Why it was declined; null: it was not.</param>
/// <param name="At">When, by the provider's clock.</param>
public sealed record ProviderEntry(
    [property: JsonRequired] string Key, [property: JsonRequired] string Kind, [property: JsonRequired] string Payment, Money? Amount, string? Reference, string? Code, DateTimeOffset? At)
{
    static readonly Guid Foreign = new("0f7a52f0-0c1d-4d35-9c60-5d1b4c8f6e27");

    /// <summary>
    /// What the line says. A name in it that is none of ours gets an id all the same, always the same one: it belongs to nothing in
    /// our log, and a person finds it by the provider's reference.
    /// </summary>
    /// <exception cref="PaymentProviderFaultException">It moves something that we know nothing of.</exception>
    internal PaymentNews ToNews()
    {
        var movement = Enum.TryParse<PaymentMovement>(Kind, ignoreCase: true, out var known) && Enum.IsDefined(known)
            ? known
            : throw new PaymentProviderFaultException($"The payment provider speaks of a movement '{Kind}' in its line {Key}: that is not known here.");
        var payment = PaymentId.TryParse(Payment, null, out var id) ? id : new PaymentId(Uuid.FromName(Foreign, Payment));
        return new(payment, movement, movement is PaymentMovement.Capture or PaymentMovement.Refund ? Transfer() : null, Answer(), Amount, At);
    }

    // Our keys of captures and refunds end with our id of them.
    Guid Transfer() => Guid.TryParseExact(Key.AsSpan(Key.LastIndexOf('/') + 1), "D", out var id) ? id : Uuid.FromName(Foreign, Key);

    ProviderAnswer Answer() => (Reference, Code) switch
    {
        ({ } reference, _) => new ProviderAnswer.Approved(reference),
        (null, { } code) => new ProviderAnswer.Declined(code),
        _ => new ProviderAnswer.Pending(),
    };
}

/// <summary>A payment as the provider has it.</summary>
/// <param name="Entries">How it came to that, oldest first.</param>
public sealed record ProviderPayment([property: JsonRequired] IReadOnlyList<ProviderEntry> Entries);

/// <summary>A page of a day's movements.</summary>
/// <param name="Entries">The movements, oldest first.</param>
/// <param name="Next">What to ask for as <c>after</c> next; null: this was the last page.</param>
public sealed record ProviderStatement([property: JsonRequired] IReadOnlyList<ProviderEntry> Entries, string? Next = null);
