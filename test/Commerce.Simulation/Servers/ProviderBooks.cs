using Commerce.Commands.Payments;
using Commerce.Domain;
using Commerce.Domain.Payments;

namespace Commerce.Simulation.Servers;

/// <summary>A payment as the provider has it.</summary>
sealed class ProviderAccount(OrderId order, Money amount)
{
    public OrderId Order { get; } = order;

    public Money Amount { get; } = amount;

    public bool IsVoided { get; set; }

    public decimal Captured { get; set; }

    public decimal Refunded { get; set; }

    /// <summary>Whether it still holds the customer's money without having taken any.</summary>
    public bool IsHeld => !IsVoided && Captured == 0;
}

/// <summary>
/// The provider's books, which know nothing of ours: each call once by its key; the same key again is given the first answer.
/// </summary>
sealed class ProviderBooks
{
    readonly Dictionary<string, ProviderAnswer> _answers = new(StringComparer.Ordinal);
    readonly SortedDictionary<Guid, ProviderAccount> _accounts = [];

    readonly Dictionary<PaymentId, List<PaymentNews>> _told = [];

    /// <summary>Approved payments by our id of them.</summary>
    public IReadOnlyDictionary<Guid, ProviderAccount> Accounts => _accounts;

    public ProviderAnswer Authorise(PaymentId payment, OrderId order, Money amount, string? token) => Once(payment, PaymentMovement.Authorisation, null, amount, () =>
    {
        if (token == Tokens.Declined)
        {
            return new ProviderAnswer.Declined("declined");
        }

        _accounts.Add(payment.Value, new ProviderAccount(order, amount));
        return Approved($"auth-{payment}");
    });

    public ProviderAnswer Capture(PaymentId payment, Guid capture, Money amount) => Once(payment, PaymentMovement.Capture, capture, amount, () =>
    {
        var account = Of(payment);
        Require(!account.IsVoided, "the payment is voided");
        Require(amount.Amount > 0 && account.Captured + amount.Amount <= account.Amount.Amount, "more than is authorised");
        account.Captured += amount.Amount;
        return Approved($"capture-{capture}");
    });

    public ProviderAnswer Void(PaymentId payment) => Once(payment, PaymentMovement.Void, null, null, () =>
    {
        var account = Of(payment);
        Require(account.Captured == 0, "a part is captured");
        account.IsVoided = true;
        return Approved($"void-{payment}");
    });

    public ProviderAnswer Refund(PaymentId payment, Guid refund, Money amount) => Once(payment, PaymentMovement.Refund, refund, amount, () =>
    {
        var account = Of(payment);
        Require(amount.Amount > 0 && account.Refunded + amount.Amount <= account.Captured, "more than is captured");
        account.Refunded += amount.Amount;
        return Approved($"refund-{refund}");
    });

    /// <summary>All that it knows of a payment.</summary>
    public IReadOnlyList<PaymentNews> Find(PaymentId payment) => _told.TryGetValue(payment, out var told) ? [.. told] : [];

    ProviderAnswer Once(PaymentId payment, PaymentMovement movement, Guid? id, Money? amount, Func<ProviderAnswer> answer)
    {
        var key = $"{payment}/{movement}/{id}";
        if (!_answers.TryGetValue(key, out var first))
        {
            _answers[key] = first = answer();
            var told = _told.TryGetValue(payment, out var known) ? known : _told[payment] = [];
            told.Add(new(payment, movement, id, first, amount));
        }

        return first;
    }

    ProviderAccount Of(PaymentId payment) => _accounts.GetValueOrDefault(payment.Value) ?? throw new PaymentProviderFaultException("No such payment is authorised.");

    static ProviderAnswer.Approved Approved(string reference) => new(reference);

    static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new PaymentProviderFaultException($"The provider refuses: {otherwise}.");
        }
    }
}

/// <summary>What customers pay with.</summary>
static class Tokens
{
    public const string Good = "tok_good";
    public const string Declined = "tok_declined";
}
