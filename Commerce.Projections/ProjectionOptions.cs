using System.ComponentModel.DataAnnotations;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>Where read models lie and how they are kept up.</summary>
public sealed class ProjectionOptions
{
    /// <summary>Npgsql connection string of the read database.</summary>
    [Required]
    public required string ConnectionString { get; init; }

    /// <summary>Projections that this process keeps up, of <see cref="ProjectionNames"/>; the others are kept up elsewhere, or by nobody.</summary>
    public IReadOnlyList<string> KeptUp { get; init; } = ProjectionNames.All;

    /// <summary>Schema of the document tables; lower-case letters, digits and underscores.</summary>
    [RegularExpression("^[a-z_][a-z0-9_]{0,62}$")]
    public string DocumentSchema { get; init; } = ReadSchemas.DocumentsDefault;

    /// <summary>
    /// Connections of this process at most: two for each projection that it leads, two for each that it rebuilds, the rest for queries. A query that finds none
    /// free waits, and gives up as if the database were away; PostgreSQL itself takes 100 by default, for all programs.
    /// </summary>
    [Range(9, 1_000)]
    public int ConnectionsMax { get; init; } = 40;

    /// <summary>
    /// Events after which a transaction takes no more, a stretch of the log more or less: so many that a document which changes often is
    /// written once, few enough to hold in memory.
    /// </summary>
    [Range(1, 100_000)]
    public int BatchEventsMax { get; init; } = 50_000;

    /// <summary>Bytes of events after which a transaction takes no more, and which are read ahead for the slowest projection.</summary>
    [Range(1, 256 * 1_024 * 1_024)]
    public int BatchBytesMax { get; init; } = 40 * 1_024 * 1_024;

    /// <summary>Events of a build after which the documents that they made are written: of those only the documents are in memory.</summary>
    [Range(1, 1_000_000)]
    public int GatheredEventsMax { get; init; } = 50_000;

    /// <summary>
    /// From beginning one transaction to beginning the next, while events come without a pause: an order changes several times within it and is
    /// written once, which is most of what its read models cost. What comes after a pause does not wait; a reader on another node who waits
    /// for an event notices at most this.
    /// </summary>
    public TimeSpan BatchInterval { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The same while a query of this process waits for a position: each transaction costs the same whether it holds one event or fifty.</summary>
    public TimeSpan BatchIntervalMin { get; init; } = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Positions of a log at most that is filled into the tables that people read, where there are no rows yet. A longer one is built beside
    /// them, as a rebuild is: that takes less work, and shows nobody a part.
    /// </summary>
    public long FilledInPlaceMax { get; init; } = 50_000;

    /// <summary>Documents that each projection keeps at most beside those of its last batch, some kilobytes each: live events find theirs among them.</summary>
    [Range(0, 1_000_000)]
    public int RecentDocumentsMax { get; init; } = 20_000;

    /// <summary>Between two tries of a node that does not lead: how long a projection stands still when its leader dies.</summary>
    public TimeSpan LeaderPollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks at what people decided about a projection: how late it is paused, resumed, rebuilt or skips an event.</summary>
    public TimeSpan DecisionPollInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>First pause after the database or the log went away; doubles up to <see cref="RetryPauseMax"/>.</summary>
    public TimeSpan RetryPauseMin { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest such pause: how much later than the database the read models may come back.</summary>
    public TimeSpan RetryPauseMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How late a checkpoint is saved that moved past events which do not concern its projection: each save is a transaction, and
    /// only a query on another node that waits for such a position notices.
    /// </summary>
    public TimeSpan IdleSaveDelay { get; init; } = TimeSpan.FromMilliseconds(100);
}
