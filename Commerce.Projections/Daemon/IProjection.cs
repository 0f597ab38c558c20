using Commerce.Domain.Log;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon;

/// <summary>Turns events into documents and rows.</summary>
public interface IProjection
{
    /// <summary>Names its checkpoint; see <see cref="ProjectionNames"/>.</summary>
    string Name { get; }

    /// <summary>Raised when what it makes of the same events changes: what it made before is then thrown away and made anew.</summary>
    int Version { get; }

    /// <summary>Streams that it reads.</summary>
    StreamFilter Filter { get; }

    /// <summary>Whether it wants this event: of those that none wants only the envelope is read.</summary>
    bool Reads(RecordedEvent recorded) => Filter.Matches(recorded.Stream);

    /// <summary>DDL of its tables, safe to run again, and how to remove them.</summary>
    ProjectionTables Tables { get; }

    /// <summary>The same projection with its tables in other schemas.</summary>
    IProjection In(ReadSchemas others);

    /// <summary>
    /// What a batch of events changes. Reads at once what the batch touches, then decides in memory: the same events after the
    /// same documents always give the same changes.
    /// </summary>
    /// <param name="batch">Events in the order of the log.</param>
    /// <param name="documents">Documents as the batches before left them.</param>
    /// <param name="changes">Takes the changes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task Project(IReadOnlyList<ProjectedEvent> batch, RecentDocuments documents, DocumentChanges changes, CancellationToken cancellationToken);
}

/// <summary>The tables that a projection owns.</summary>
/// <param name="Names">Their names, with schemas.</param>
/// <param name="Create">Creates what is missing, with keys and without other indexes.</param>
/// <param name="Index">Creates the indexes that are missing: apart, for a table that is filled first and indexed then takes a fraction of the work.</param>
/// <param name="Drop">Removes all of it, for a new version to begin anew.</param>
public sealed record ProjectionTables(IReadOnlyList<string> Names, string Create, string Index, string Drop)
{
    /// <summary>These and others.</summary>
    public ProjectionTables With(ProjectionTables others) => new([.. Names, .. others.Names], Create + others.Create, Index + others.Index, Drop + others.Drop);

    /// <summary>Tables of these document types.</summary>
    public static ProjectionTables Documents(string schema, params IReadOnlyList<Type> types)
    {
        var mappings = types.Select(DocumentMapping.Of).ToList();
        return new(
            [.. mappings.Select(m => $"{schema}.{m.Table}")],
            $"CREATE SCHEMA IF NOT EXISTS {schema};\n" + string.Concat(mappings.Select(m => MartenSchema.Create(m, schema))),
            string.Concat(mappings.Select(m => MartenSchema.Index(m, schema))),
            string.Concat(mappings.Select(m => MartenSchema.Drop(m, schema))));
    }
}

/// <summary>Names of the projections, for those who wait for them.</summary>
public static class ProjectionNames
{
    /// <summary>Orders and their payments.</summary>
    public const string Orders = "orders";

    /// <summary>The catalogue.</summary>
    public const string Products = "products";

    /// <summary>Stock levels.</summary>
    public const string Stock = "stock";

    /// <summary>Sold, returned and credited lines for analysts.</summary>
    public const string Sales = "sales-lines";

    /// <summary>Days held against the payment provider's statements.</summary>
    public const string Reconciliations = "reconciliations";

    /// <summary>Flash sales and their claims.</summary>
    public const string FlashSales = "flash-sales";

    /// <summary>Customers, with what is personal encrypted.</summary>
    public const string Customers = "customers";

    /// <summary>Subscriptions to webhooks.</summary>
    public const string Webhooks = "webhooks";

    /// <summary>Short links and how often they were followed.</summary>
    public const string Links = "links";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Orders, Products, Stock, Sales, Reconciliations, FlashSales, Customers, Webhooks, Links];
}
