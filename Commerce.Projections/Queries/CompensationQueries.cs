using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Queries;

/// <summary>Orders of which something is being undone.</summary>
/// <param name="Orders">How many.</param>
/// <param name="Since">Since when the one that waits longest does; null: there is none.</param>
public readonly record struct Compensations(long Orders, DateTimeOffset? Since);

/// <summary>Counts what is being undone: an operator looks at what does not get less.</summary>
public sealed class CompensationQueries(ReadDatabase database, ProjectionOptions options)
{
    /// <summary>How it is now.</summary>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    public Task<Compensations> Read(CancellationToken cancellationToken) => database.Use(
        async connection =>
        {
            await using var command = new NpgsqlCommand(
                $"SELECT count(*), min(compensating_since) FROM {options.DocumentSchema}.{DocumentMapping.Of(typeof(OrderView)).Table} WHERE compensating_since IS NOT NULL", connection);
            await using var row = await command.ExecuteReaderAsync(cancellationToken);
            await row.ReadAsync(cancellationToken);
            return new Compensations(row.GetInt64(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1));
        },
        cancellationToken);
}
