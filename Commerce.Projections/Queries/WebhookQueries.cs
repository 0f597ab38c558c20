using Commerce.Domain.Webhooks;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Queries;

/// <summary>Reads subscriptions to webhooks. Every method throws <see cref="ReadModelUnavailableException"/> when the read database is not there.</summary>
public sealed class WebhookQueries(IDocumentStore store)
{
    const string IsThere = $"d.data ->> 'status' <> '{nameof(WebhookStatus.Deleted)}'";

    readonly DocumentReads<WebhookView, Guid> _webhooks = new(store, ProjectionNames.Webhooks);

    /// <summary>The subscription, or null: there is none, or it is deleted.</summary>
    public async Task<WebhookView?> Get(Guid id, CancellationToken cancellationToken) =>
        await _webhooks.Find(id, cancellationToken) is { Status: not WebhookStatus.Deleted } webhook ? webhook : null;

    /// <summary>All that are not deleted, by id; there are <see cref="Webhook.CountMax"/> at most, and a few more where several were made at once.</summary>
    public Task<IReadOnlyList<WebhookView>> All(CancellationToken cancellationToken) =>
        store.Query<WebhookView>($"where {IsThere} order by d.id limit {2 * Webhook.CountMax}", [], cancellationToken);
}
