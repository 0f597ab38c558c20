using Commerce.Projections.Documents;

namespace Commerce.Projections.Tests.Documents;

/// <summary>What writes documents: the tables and what lies in them are the same by whichever.</summary>
sealed record DocumentEngine(string Name, Func<ReadDatabase, string, IDocumentStore> Open)
{
    static readonly DocumentEngine Npgsql = new("Npgsql", (database, _) => new PostgresDocumentStore(database, ReadSchemas.Live()));

    public static IReadOnlyList<DocumentEngine> All { get; } =
    [
        Npgsql,
#if NAMED_PACKAGES
        new("Marten", (database, connectionString) => new MartenDocumentStore(database, connectionString, ReadSchemas.Live())),
#endif
    ];

    /// <summary>The one that this build serves with.</summary>
    public static DocumentEngine OfThisBuild => All[^1];

    public override string ToString() => Name;
}
