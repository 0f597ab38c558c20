using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Daemon.Building;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Auditing.Comparing;

/// <summary>The comparison cannot be made; the message says why in one sentence.</summary>
public sealed class ComparisonException(string message) : Exception(message);

/// <summary>
/// Builds every read model anew from the log, up to where the one that people read has come, and holds the two against each other row by
/// row, by hash. People go on reading and the daemon goes on writing: what they see is compared as it was in one snapshot. Where a rebuild
/// put other rows in their place meanwhile, that projection is begun anew.
/// </summary>
/// <param name="database">The read database.</param>
/// <param name="log">The log.</param>
/// <param name="options">Where the documents lie, and how large batches are.</param>
/// <param name="time">Clock.</param>
public sealed class ReadModelComparison(ReadDatabase database, IEventLog log, ProjectionOptions options, TimeProvider time)
{
    /// <summary>Where they are built anew; it is gone afterwards.</summary>
    public const string Schema = "commerce_comparison";

    /// <summary>Rows that are shown of each projection.</summary>
    public const int DifferencesListedMax = 10;

    /// <summary>Places that are shown of each row.</summary>
    public const int PlacesListedMax = 5;

    /// <summary>Times that a projection is compared whose rows are replaced meanwhile, before it is given up.</summary>
    public const int TriesMax = 3;

    const string Turn = "comparison";

    readonly IReadOnlyList<IProjection> _projections = CommerceProjections.All(database, ReadSchemas.Live(options.DocumentSchema));

    /// <summary>Compares them.</summary>
    /// <exception cref="ComparisonException">Another comparison is under way, or may be.</exception>
    /// <exception cref="PoisonEventException">An event cannot be applied.</exception>
    /// <exception cref="ReadModelUnavailableException">The read database is not there, or has no read models yet.</exception>
    /// <exception cref="EventLogException">The log is not there.</exception>
    public async Task<ComparisonReport> Run(IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        await using var turn = await LeaderLock.TryTake(database, Turn, options.LeaderPollInterval, time, cancellationToken).ConfigureAwait(false)
            ?? throw new ComparisonException("Another comparison of the read models is under way.");
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, turn.Lost);
        var builder = new ProjectionBuilder(_projections, log, database, options, time);
        await builder.Drop(Schema, cancellationToken).ConfigureAwait(false);
        try
        {
            return await Compare(builder, progress, stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ComparisonException("The connection that keeps other comparisons away is gone: compare again.");
        }
        finally
        {
            await builder.Drop(Schema, CancellationToken.None).ConfigureAwait(false);
        }
    }

    async Task<ComparisonReport> Compare(ProjectionBuilder builder, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var compared = new Dictionary<string, ProjectionComparison>(StringComparer.Ordinal);
        for (var tries = 0; tries < TriesMax && compared.Count < _projections.Count; tries++)
        {
            var left = _projections.Where(p => !compared.ContainsKey(p.Name)).ToList();
            foreach (var one in await database.Use(live => CompareAtOnce(left, live, builder, progress, cancellationToken), cancellationToken).ConfigureAwait(false))
            {
                compared[one.Projection] = one;
            }
        }

        return new([.. _projections.Select(p => compared.GetValueOrDefault(p.Name) ?? Not(p, $"a rebuild replaced its rows {TriesMax} times while they were compared."))]);
    }

    // In one snapshot. Those whose rows were replaced meanwhile are not in the answer.
    async Task<List<ProjectionComparison>> CompareAtOnce(
        List<IProjection> projections, NpgsqlConnection connection, ProjectionBuilder builder, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        await using var live = await LiveSnapshot.Take(connection, projections, cancellationToken).ConfigureAwait(false);

        // Those that have come equally far are built from one read of the log; at rest all of them.
        foreach (var together in projections.Where(p => live.WhyNot(p) is null).GroupBy(live.PositionOf))
        {
            await builder.Build(Schema, [.. together.Select(p => p.Name)], together.Key, progress, cancellationToken).ConfigureAwait(false);
        }

        await using var anew = await database.Open(cancellationToken).ConfigureAwait(false);
        var compared = new List<ProjectionComparison>();
        foreach (var projection in projections)
        {
            if (live.WhyNot(projection) is { } why)
            {
                compared.Add(Not(projection, why));
            }
            else if (await Compare(projection, live, anew, cancellationToken).ConfigureAwait(false) is { } one)
            {
                compared.Add(one);
            }
        }

        return compared;
    }

    static async Task<ProjectionComparison?> Compare(IProjection projection, LiveSnapshot live, NpgsqlConnection anew, CancellationToken cancellationToken)
    {
        var tables = ComparedTable.Of(projection, projection.In(ReadSchemas.Beside(Schema))).ToList();
        var rows = new RowComparison(live.Connection, anew);
        var isSame = await live.Hold(tables, cancellationToken).ConfigureAwait(false);
        foreach (var table in isSame ? tables : [])
        {
            await rows.Compare(table, cancellationToken).ConfigureAwait(false);
        }

        await live.LetGo(cancellationToken).ConfigureAwait(false);
        return isSame ? new(projection.Name, live.PositionOf(projection).ToString(), rows.Rows, rows.Differing, rows.Listed, null) : null;
    }

    static ProjectionComparison Not(IProjection projection, string why) => new(projection.Name, null, 0, 0, [], why);
}
