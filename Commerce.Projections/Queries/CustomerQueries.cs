using Commerce.Domain;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Queries;

/// <summary>Reads customers.</summary>
public sealed class CustomerQueries(IDocumentStore store)
{
    /// <summary>The customer, or null.</summary>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    public async Task<CustomerView?> Get(CustomerId id, CancellationToken cancellationToken) =>
        await store.Load<CustomerView, string>([id.Value], cancellationToken) is [var customer] ? customer : null;
}
