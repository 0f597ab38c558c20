using System.Collections.Concurrent;
using Commerce.Commands.Payments;
using Commerce.Domain;

namespace Commerce.Benchmarks.Saga;

/// <summary>A provider that says yes at once, or passes on to one that is asked over HTTP; what was approved is added up.</summary>
sealed class CountingProvider(IPaymentProvider? asked) : IPaymentProvider
{
    readonly ConcurrentDictionary<PaymentId, decimal> _approved = [];

    /// <summary>Payments that were approved.</summary>
    public int Approved => _approved.Count;

    /// <summary>Sum of them.</summary>
    public decimal Sum => _approved.Values.Sum();

    /// <inheritdoc/>
    public async Task<ProviderAnswer> Authorise(PaymentId payment, OrderId order, Money amount, string? token, CancellationToken cancellationToken)
    {
        var answer = asked is null ? new ProviderAnswer.Approved($"ref-{payment}") : await asked.Authorise(payment, order, amount, token, cancellationToken);
        if (answer is ProviderAnswer.Approved)
        {
            _approved[payment] = amount.Amount;
        }

        return answer;
    }

    /// <inheritdoc/>
    public Task<ProviderAnswer> Capture(PaymentId payment, Guid capture, Money amount, CancellationToken cancellationToken) => throw Unasked();

    /// <inheritdoc/>
    public Task<ProviderAnswer> Void(PaymentId payment, CancellationToken cancellationToken) => throw Unasked();

    /// <inheritdoc/>
    public Task<ProviderAnswer> Refund(PaymentId payment, Guid refund, Money amount, CancellationToken cancellationToken) => throw Unasked();

    /// <inheritdoc/>
    public Task<IReadOnlyList<PaymentNews>> Find(PaymentId payment, CancellationToken cancellationToken) => throw Unasked();

    /// <inheritdoc/>
    public IAsyncEnumerable<PaymentNews> Statement(DateOnly date, CancellationToken cancellationToken) => throw Unasked();

    static BenchmarkFailedException Unasked() => new("Nothing is shipped or undone here.");
}
