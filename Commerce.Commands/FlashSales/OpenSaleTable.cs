using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Log;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Commands.FlashSales;

/// <summary>A sale that the clock has to be brought to.</summary>
/// <param name="Stream">Its stream.</param>
/// <param name="OpensAt">When something can be due in it for the first time.</param>
/// <param name="EndsAt">When everything is due that ever will be: a time to pay after it closes.</param>
/// <param name="Cause">The event that announced it.</param>
/// <param name="Correlation">Shared by everything that one request set off; null: unknown.</param>
/// <param name="TraceParent">W3C trace context of what announced it; null: unknown.</param>
public sealed record OpenSale(StreamName Stream, DateTimeOffset OpensAt, DateTimeOffset EndsAt, Guid Cause, string? Correlation, string? TraceParent)
{
    /// <summary>Streams that say which sales there are.</summary>
    public static readonly StreamFilter Streams = StreamFilter.Categories(FlashSale.Decider.Category);

    static readonly string Announcement = EventCatalog.Types.Single(t => t.Type == typeof(FlashSaleEvent.Announced)).Name;

    /// <summary>The sale that an event announces; null: none. Claims, of which there are many, are not even parsed.</summary>
    /// <exception cref="System.Text.Json.JsonException">The bytes are not the event that they are called.</exception>
    public static OpenSale? Of(RecordedEvent recorded)
    {
        if (recorded.Type != Announcement || EventCatalog.Read(recorded) is not FlashSaleEvent.Announced e)
        {
            return null;
        }

        var metadata = EventMetadata.TryRead(recorded.Metadata);
        return new(recorded.Stream, e.Opens, e.Closes.AddMinutes(e.MinutesToPay), recorded.Id, metadata?.CorrelationId, metadata?.TraceParent);
    }
}

/// <summary>The sales that are not over, as far as the log was read.</summary>
public interface IOpenSaleTable : IFollowedTable<OpenSale>
{
    /// <summary>Those that have opened by now.</summary>
    Task<IReadOnlyList<OpenSale>> Opened(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Forgets one that is over.</summary>
    Task Remove(OpenSale sale, CancellationToken cancellationToken);
}

/// <summary>In table <c>commerce.open_sales</c>; the checkpoint stands among those of relays.</summary>
sealed class PostgresOpenSaleTable(NpgsqlDataSource database) : IOpenSaleTable
{
    readonly FollowerCheckpoint _checkpoint = new(database, FlashSaleClock.Name);

    public Task<LogPosition> Load(CancellationToken cancellationToken) => _checkpoint.Load(cancellationToken);

    public async Task Apply(LogPosition from, LogPosition to, IReadOnlyCollection<OpenSale> changes, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await _checkpoint.Move(connection, from, to, cancellationToken).ConfigureAwait(false);
        foreach (var sale in changes)
        {
            await using var insert = new NpgsqlCommand(
                "INSERT INTO commerce.open_sales (stream, opens_at, ends_at, cause, correlation, trace_parent) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (stream) DO NOTHING", connection)
            {
                Parameters =
                {
                    new() { Value = sale.Stream.Value },
                    new() { Value = sale.OpensAt.ToUniversalTime() },
                    new() { Value = sale.EndsAt.ToUniversalTime() },
                    new() { Value = sale.Cause },
                    new() { Value = (object?)sale.Correlation ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                    new() { Value = (object?)sale.TraceParent ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                },
            };
            await insert.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<OpenSale>> Opened(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT stream, opens_at, ends_at, cause, correlation, trace_parent FROM commerce.open_sales WHERE opens_at <= $1 ORDER BY ends_at");
        command.Parameters.Add(new() { Value = now.ToUniversalTime() });
        var sales = new List<OpenSale>();
        await using var rows = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        while (await rows.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            sales.Add(new(
                StreamName.Parse(rows.GetString(0), null),
                await rows.GetFieldValueAsync<DateTimeOffset>(1, cancellationToken).ConfigureAwait(false),
                await rows.GetFieldValueAsync<DateTimeOffset>(2, cancellationToken).ConfigureAwait(false),
                rows.GetGuid(3),
                await rows.GetFieldValueAsync<string?>(4, cancellationToken).ConfigureAwait(false),
                await rows.GetFieldValueAsync<string?>(5, cancellationToken).ConfigureAwait(false)));
        }

        return sales;
    }

    public async Task Remove(OpenSale sale, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM commerce.open_sales WHERE stream = $1");
        command.Parameters.Add(new() { Value = sale.Stream.Value });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
