using Commerce.Domain;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Queries;

/// <summary>Reads payments.</summary>
public sealed class PaymentQueries(IDocumentStore store)
{
    /// <summary>The payment, or null.</summary>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    public async Task<PaymentView?> Get(PaymentId id, CancellationToken cancellationToken) =>
        await store.Load<PaymentView, Guid>([id.Value], cancellationToken) is [var payment] ? payment : null;
}
