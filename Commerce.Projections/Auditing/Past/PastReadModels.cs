using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Daemon.Building;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Auditing.Past;

/// <summary>Read models as of a moment cannot be built; the message says why in one sentence.</summary>
public sealed class PastReadModelsException(string message) : Exception(message);

/// <summary>
/// Builds every read model as of a moment in a schema of its own, with the views of the schema <c>analytics</c> over it: last quarter's
/// tables beside today's. The schema's comment says of which moment they are.
/// </summary>
/// <param name="database">Where to.</param>
/// <param name="log">The log.</param>
/// <param name="options">How large batches are.</param>
/// <param name="time">Clock.</param>
public sealed class PastReadModels(ReadDatabase database, IEventLog log, ProjectionOptions options, TimeProvider time)
{
    const string Mark = "Read models of Commerce as of ";

    /// <summary>Builds them. What an earlier call for the same moment left half built goes on; one of another moment is made anew.</summary>
    /// <param name="moment">A position or a time. A time is that of the world: past trade that was imported later is in it.</param>
    /// <param name="schema">Where to; see <see cref="ReadSchemas.Beside"/>.</param>
    /// <param name="progress">Told after every batch, from any thread; null: nobody.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Position of the log up to which it was looked at.</returns>
    /// <exception cref="PastReadModelsException">The schema is somebody else's or no name for one, or the log does not reach the moment.</exception>
    /// <exception cref="PoisonEventException">An event cannot be applied.</exception>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    /// <exception cref="EventLogException">The log is not there.</exception>
    public async Task<LogPosition> Build(Moment moment, string schema, IProgress<BuildProgress>? progress, CancellationToken cancellationToken)
    {
        var head = await log.Head(cancellationToken).ConfigureAwait(false);
        var end = moment.Position ?? head;
        if (end > head)
        {
            throw new PastReadModelsException($"The log ends at position {head}: nothing can be built as of position {end}.");
        }

        // A position says all by itself, and where to stop reading.
        var past = moment.Position is null ? new LogAsOf(log, moment) : log;
        var builder = new ProjectionBuilder(CommerceProjections.All(database, ReadSchemas.Live(options.DocumentSchema)), past, database, options, time);
        await Claim(builder, Named(schema), Mark + moment, cancellationToken).ConfigureAwait(false);
        await builder.Build(schema, ProjectionNames.All, end, progress, cancellationToken).ConfigureAwait(false);
        await Execute(PastViews.Create(schema), cancellationToken).ConfigureAwait(false);
        return end;
    }

    static string Named(string schema)
    {
        try
        {
            return ReadSchemas.Beside(schema).Facts;
        }
        catch (ArgumentException)
        {
            throw new PastReadModelsException($"{schema} is no name of a schema to build in: lower-case letters, digits and underscores, and none that is in use.");
        }
    }

    async Task Claim(ProjectionBuilder builder, string schema, string mark, CancellationToken cancellationToken)
    {
        var found = await CommentOf(schema, cancellationToken).ConfigureAwait(false);
        if (found == mark)
        {
            return;
        }

        if (found is not null && !found.StartsWith(Mark, StringComparison.Ordinal))
        {
            throw new PastReadModelsException($"The schema {schema} is there already and holds something else: name another one.");
        }

        await builder.Drop(schema, cancellationToken).ConfigureAwait(false);
        await Execute($"CREATE SCHEMA {schema}; COMMENT ON SCHEMA {schema} IS '{mark}'", cancellationToken).ConfigureAwait(false);
    }

    // Null: there is no such schema.
    Task<string?> CommentOf(string schema, CancellationToken cancellationToken) => database.Use(
        async connection =>
        {
            await using var command = new NpgsqlCommand("SELECT coalesce(obj_description(oid, 'pg_namespace'), '') FROM pg_namespace WHERE nspname = $1", connection);
            command.AddAll([schema]);
            return (string?)await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);

    Task<int> Execute(string sql, CancellationToken cancellationToken) => database.Use(
        async connection =>
        {
            await using var command = new NpgsqlCommand(sql, connection);
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        },
        cancellationToken);
}
