using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Commerce.Projections.Analytics;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Queries;

/// <summary>What sales are grouped by.</summary>
public enum SalesDimension
{
    /// <summary>The UTC day on which it happened.</summary>
    Day,

    /// <summary>Where the order went.</summary>
    Country,

    /// <summary>What was sold.</summary>
    Sku,
}

/// <summary>Sales of one group in one currency.</summary>
/// <param name="Day">Where grouped by day.</param>
/// <param name="Country">Where grouped by country; null also where it is unknown.</param>
/// <param name="Sku">Where grouped by SKU.</param>
/// <param name="Currency">ISO 4217: amounts of different currencies do not add up.</param>
/// <param name="Orders">Orders confirmed or beyond.</param>
/// <param name="Lines">Their lines.</param>
/// <param name="Units">Their units.</param>
/// <param name="Gross">What they cost.</param>
/// <param name="Returned">Owed for units that came back.</param>
/// <param name="Credited">Owed by credit notes outside any order.</param>
/// <param name="Net">Gross - returned - credited.</param>
public sealed record SalesFigures(
    DateOnly? Day, string? Country, string? Sku, string Currency, long Orders, long Lines, long Units, decimal Gross, decimal Returned, decimal Credited, decimal Net);

/// <summary>Which sales are wanted.</summary>
public sealed record SalesQuery
{
    /// <summary>What to group by, each once; nothing: everything in one group a currency.</summary>
    public ImmutableArray<SalesDimension> By { get; init; } = [];

    /// <summary>First UTC day; null: from the beginning.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last UTC day, included; null: to the end.</summary>
    public DateOnly? To { get; init; }
}

/// <summary>Sums up sales.</summary>
public sealed class SalesQueries(ReadDatabase database)
{
    /// <summary>Figures by the dimensions asked for, in their order; one group at a time, so that no result is too large.</summary>
    /// <exception cref="ReadModelUnavailableException">The read database is not there.</exception>
    public async IAsyncEnumerable<SalesFigures> Read(SalesQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var by = query.By.Distinct().ToList();
        var conditions = new Conditions()
            .And(SalesViews.Counted)
            .AndIf(query.From, "occurred_on >= ?")
            .AndIf(query.To, "occurred_on <= ?");
        var groups = string.Join(", ", by.Select(Column).Append("currency"));

        await using var connection = await database.Open(cancellationToken);
        await using var command = new NpgsqlCommand(
            $"SELECT {groups}, {string.Join(", ", SalesViews.Figures.Select(f => $"{f.Expression} AS {f.Name}"))} FROM analytics.sales_lines {conditions.Where} GROUP BY {groups} ORDER BY {groups}", connection);
        command.AddAll(conditions.Values);
        await using var reader = await Guard(() => command.ExecuteReaderAsync(cancellationToken), cancellationToken);
        while (await Guard(() => reader.ReadAsync(cancellationToken), cancellationToken))
        {
            yield return Figures(reader, by);
        }
    }

    static SalesFigures Figures(NpgsqlDataReader row, List<SalesDimension> by)
    {
        var (day, country, sku, n) = (by.IndexOf(SalesDimension.Day), by.IndexOf(SalesDimension.Country), by.IndexOf(SalesDimension.Sku), by.Count);
        return new SalesFigures(
            day < 0 ? null : row.GetFieldValue<DateOnly>(day),
            country < 0 || row.IsDBNull(country) ? null : row.GetString(country),
            sku < 0 ? null : row.GetString(sku),
            row.GetString(n),
            row.GetInt64(n + 1),
            row.GetInt64(n + 2),
            row.GetInt64(n + 3),
            row.GetDecimal(n + 4),
            row.GetDecimal(n + 5),
            row.GetDecimal(n + 6),
            row.GetDecimal(n + 7));
    }

    static string Column(SalesDimension dimension) => dimension switch
    {
        SalesDimension.Day => "occurred_on",
        SalesDimension.Country => "country",
        SalesDimension.Sku => "sku",
        _ => throw new ArgumentOutOfRangeException(nameof(dimension)),
    };

    static async Task<T> Guard<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        try
        {
            return await step();
        }
        catch (Exception e) when (ReadDatabase.IsLost(e, cancellationToken))
        {
            throw ReadDatabase.Unavailable(e);
        }
    }
}
