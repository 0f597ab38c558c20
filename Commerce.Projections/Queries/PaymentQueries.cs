using Commerce.Domain;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Queries;

/// <summary>Reads payments.</summary>
public sealed class PaymentQueries(IDocumentStore store)
{
    readonly DocumentReads<PaymentView, Guid> _payments = new(store, ProjectionNames.Orders);

    /// <summary>The payment, or null.</summary>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    public Task<PaymentView?> Get(PaymentId id, CancellationToken cancellationToken) => _payments.Find(id.Value, cancellationToken);
}
