using Commerce.Domain;

namespace Commerce.Commands.Payments;

/// <summary>
/// Who moves the money. Every call carries a key that makes it happen once: the same key again gives the first answer.
/// </summary>
/// <remarks>
/// Every method throws <see cref="PaymentProviderUnavailableException"/> when no answer comes (it may have happened: ask again with
/// the same key) and <see cref="PaymentProviderFaultException"/> when the provider calls the request wrong.
/// </remarks>
public interface IPaymentProvider
{
    /// <summary>Holds an amount for an order.</summary>
    /// <param name="payment">Names the payment in all that follows; the key of this call.</param>
    /// <param name="order">For the provider's books.</param>
    /// <param name="amount">Above zero.</param>
    /// <param name="token">What the customer pays with; null: the provider's default.</param>
    /// <param name="cancellationToken">Cancels the waiting, not what the provider does.</param>
    Task<ProviderAnswer> Authorise(PaymentId payment, OrderId order, Money amount, string? token, CancellationToken cancellationToken);

    /// <summary>Takes a part of what is held. <paramref name="capture"/> is the key.</summary>
    Task<ProviderAnswer> Capture(PaymentId payment, Guid capture, Money amount, CancellationToken cancellationToken);

    /// <summary>Lets go of what is held. The payment is the key.</summary>
    Task<ProviderAnswer> Void(PaymentId payment, CancellationToken cancellationToken);

    /// <summary>Gives back a part of what was taken. <paramref name="refund"/> is the key.</summary>
    Task<ProviderAnswer> Refund(PaymentId payment, Guid refund, Money amount, CancellationToken cancellationToken);

    /// <summary>Everything that the provider knows of one payment, its oldest movement first; empty: it has never heard of it. Moves nothing.</summary>
    Task<IReadOnlyList<PaymentNews>> Find(PaymentId payment, CancellationToken cancellationToken);

    /// <summary>The movements of a day (UTC, by the provider's clock), page by page as they are read, however many there are. Moves nothing.</summary>
    IAsyncEnumerable<PaymentNews> Statement(DateOnly date, CancellationToken cancellationToken);
}

/// <summary>What the provider says.</summary>
public abstract record ProviderAnswer
{
    ProviderAnswer()
    {
    }

    /// <summary>It is done.</summary>
    /// <param name="Reference">The provider's own id of it.</param>
    public sealed record Approved(string Reference) : ProviderAnswer;

    /// <summary>It will not be done.</summary>
    /// <param name="Code">Why, kebab or snake case as the provider gives it.</param>
    public sealed record Declined(string Code) : ProviderAnswer;

    /// <summary>It takes its time: what became of it comes by a callback, or is told when it is asked for.</summary>
    public sealed record Pending : ProviderAnswer;
}

/// <summary>No answer: the provider is down, slow, or not asked because it was down a moment ago.</summary>
public sealed class PaymentProviderUnavailableException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>An answer that makes no sense: asking again would not help.</summary>
public sealed class PaymentProviderFaultException(string message, Exception? inner = null) : Exception(message, inner);
