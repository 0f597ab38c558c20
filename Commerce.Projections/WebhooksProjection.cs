using Commerce.Domain.Log;
using Commerce.Domain.Webhooks;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>Subscriptions to webhooks: one <see cref="WebhookView"/> for each stream of one.</summary>
sealed class WebhooksProjection(ReadSchemas schemas) : IProjection
{
    public string Name => ProjectionNames.Webhooks;

    public int Version => 1;

    public StreamFilter Filter { get; } = StreamFilter.Categories(Webhook.Decider.Category);

    public bool IsGathered => true;

    public ProjectionTables Tables => ProjectionTables.Documents(schemas.Documents, typeof(WebhookView));

    public IProjection In(ReadSchemas others) => new WebhooksProjection(others);

    public Task Project(IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, DocumentChanges changes, CancellationToken cancellationToken) =>
        DocumentFold.Run<WebhookView, Guid>(
            documents, batch, e => Guid.ParseExact(e.Recorded.Stream.Id, "D"), DocumentFold.IsFirstOfItsStream, WebhookView.Apply, changes, cancellationToken);
}
