using Commerce.Domain.Log;
using Commerce.Projections.Daemon.Feeding;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Daemon.Building;

/// <summary>
/// Builds read models out of the log in a schema of its own, beside those that people read: the same tables under the same names
/// (<c>{schema}.mt_doc_orderview</c>, <c>{schema}.sales_lines</c>, …), as of any position of the log. Nobody is told of it and nothing
/// follows from it: it is rows and nothing else.
/// </summary>
/// <example>
/// <code>
/// await builder.Build("as_of_4711", ProjectionNames.All, new LogPosition(4_711), progress: null, cancellationToken);
/// … SELECT data FROM as_of_4711.mt_doc_orderview …
/// await builder.Drop("as_of_4711", cancellationToken);
/// </code>
/// </example>
public sealed class ProjectionBuilder
{
    readonly IReadOnlyList<IProjection> _projections;
    readonly IEventLog _log;
    readonly ReadDatabase _database;
    readonly ProjectionOptions _options;
    readonly TimeProvider _time;

    internal ProjectionBuilder(IReadOnlyList<IProjection> projections, IEventLog log, ReadDatabase database, ProjectionOptions options, TimeProvider time) =>
        (_projections, _log, _database, _options, _time) = (projections, log, database, options, time);

    /// <summary>
    /// Builds them from one read of the log, each in its own transactions, until every event up to <paramref name="end"/> and none after
    /// it is in the tables. What an earlier call left half built there goes on; what it built of another version, or further than
    /// <paramref name="end"/>, is made anew. Events that somebody decided to skip are left out.
    /// </summary>
    /// <param name="schema">Where to; see <see cref="ReadSchemas.Beside"/>. Nobody else may build there meanwhile.</param>
    /// <param name="projections">Of <see cref="ProjectionNames"/>.</param>
    /// <param name="end">Last position that counts, 0 or more; beyond the head of the log it waits until the log comes there.</param>
    /// <param name="progress">Told after every batch of every projection, from any thread; null: nobody.</param>
    /// <param name="cancellationToken">Stops it, with whole batches written.</param>
    /// <exception cref="ArgumentException">No such projection, or not a schema to build in.</exception>
    /// <exception cref="PoisonEventException">An event cannot be applied; everything before it is in the tables.</exception>
    /// <exception cref="CheckpointMovedException">Somebody else builds in the same schema.</exception>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    /// <exception cref="EventLogException">The log is not there.</exception>
    public async Task Build(
        string schema, IReadOnlyCollection<string> projections, LogPosition end, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var schemas = ReadSchemas.Beside(schema);
        List<IProjection> chosen = [.. projections.Distinct().Select(name => Named(name).In(schemas))];
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var feeds = new LogFeeds(_log, chosen, FeedOptions.Of(_options) with { End = end }, _time);
        await Task.WhenAll(chosen.Select(p => Task.Run(() => One(p), CancellationToken.None)));

        async Task One(IProjection projection)
        {
            try
            {
                var decisions = await Decisions.Read(_log, projection, failed.Token);
                await using var build = await ProjectionBuild.Begin(projection, schemas, decisions, feeds, _database, _options, _time, failed.Token, end);
                await build.Fill(end, progress, failed.Token);
                await build.Finish(failed.Token);
                await build.Analyze(failed.Token);
            }
            catch
            {
                // The others end as well; whoever asked gets this one's reason.
                await failed.CancelAsync();
                throw;
            }
        }
    }

    /// <summary>Removes a schema that was built in, with all that is in it; none there is no error.</summary>
    /// <exception cref="ArgumentException">Not a schema to build in.</exception>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    public Task Drop(string schema, CancellationToken cancellationToken) =>
        new CheckpointStore(_database, ReadSchemas.Beside(schema)).DropSchema(cancellationToken);

    IProjection Named(string name) => _projections.FirstOrDefault(p => p.Name == name) ?? throw new ArgumentException($"There is no projection {name}.", nameof(name));
}

/// <summary>How far one projection of a build is.</summary>
/// <param name="Projection">Its name.</param>
/// <param name="Position">Every event up to here is in its tables.</param>
/// <param name="End">Where it ends.</param>
public readonly record struct BuildProgress(string Projection, LogPosition Position, LogPosition End);
