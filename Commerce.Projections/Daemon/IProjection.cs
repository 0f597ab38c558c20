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

    /// <summary>
    /// Whether what many batches change may be gathered and written at once, at no more cost than of one large batch: it reads nothing but
    /// documents, and what it writes beside them is appended.
    /// </summary>
    bool IsGathered => false;

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

/// <summary>A table that a projection owns.</summary>
/// <param name="Name">Its name, with its schema.</param>
/// <param name="Create">Creates it where it is missing, with its key and without other indexes.</param>
/// <param name="Index">Creates the indexes that are missing: apart, for a table that is filled first and indexed then takes a fraction of the work.</param>
/// <param name="Drop">Removes it, for a new version to begin anew.</param>
public sealed record ProjectionTable(string Name, string Create, string Index, string Drop)
{
    /// <summary>Tells the server's planner what is in it.</summary>
    public string Analyze { get; init; } = $"ANALYZE {Name}";
}

/// <summary>The tables that a projection owns.</summary>
/// <param name="All">All of them.</param>
public sealed record ProjectionTables(params IReadOnlyList<ProjectionTable> All)
{
    /// <summary>Creates what is missing, without indexes.</summary>
    public string Create => string.Concat(All.Select(t => t.Create));

    /// <summary>Creates the indexes that are missing.</summary>
    public string Index => string.Concat(All.Select(t => t.Index));

    /// <summary>Removes all of it.</summary>
    public string Drop => string.Concat(All.Select(t => t.Drop));

    /// <summary>These and others.</summary>
    public ProjectionTables With(ProjectionTables others) => new([.. All, .. others.All]);

    /// <summary>Tables of these document types.</summary>
    public static ProjectionTables Documents(string schema, params IReadOnlyList<Type> types) => new([.. types.Select(DocumentMapping.Of).Select(m => new ProjectionTable(
        $"{schema}.{m.Table}", $"CREATE SCHEMA IF NOT EXISTS {schema};\n{MartenSchema.Create(m, schema)}", MartenSchema.Index(m, schema), MartenSchema.Drop(m, schema))
    {
        Analyze = MartenSchema.Analyze(m, schema),
    })]);
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
