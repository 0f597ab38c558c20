using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Commerce.Api.Http;
using Commerce.Projections.Queries;
using CsvHelper;
using CsvHelper.Configuration;

namespace Commerce.Api.Endpoints;

/// <summary>Sales of one group in one currency.</summary>
/// <param name="Day">Where grouped by day.</param>
/// <param name="Country">Where grouped by country; missing also where it is unknown.</param>
/// <param name="Sku">Where grouped by SKU.</param>
/// <param name="Currency">Amounts of different currencies do not add up.</param>
/// <param name="Orders">Orders confirmed or beyond.</param>
/// <param name="Lines">Their lines.</param>
/// <param name="Units">Their units.</param>
/// <param name="Gross">What they cost.</param>
/// <param name="Returned">Owed for units that came back.</param>
/// <param name="Credited">Owed by credit notes outside any order.</param>
/// <param name="Net">Gross - returned - credited.</param>
sealed record SalesRow(
    DateOnly? Day, string? Country, string? Sku, string Currency, long Orders, long Lines, long Units, string Gross, string Returned, string Credited, string Net)
{
    /// <summary>As the read model has it, with the decimals of the currency.</summary>
    public static SalesRow Of(SalesFigures f)
    {
        var format = "F" + Domain.Currency.Of(f.Currency).Decimals.ToString(CultureInfo.InvariantCulture);
        return new(f.Day, f.Country, f.Sku, f.Currency, f.Orders, f.Lines, f.Units, Text(f.Gross), Text(f.Returned), Text(f.Credited), Text(f.Net));

        string Text(decimal amount) => amount.ToString(format, CultureInfo.InvariantCulture);
    }
}

/// <summary>A report that is sent row by row, however long it is.</summary>
sealed class SalesReport(ImmutableArray<SalesDimension> by, IAsyncEnumerable<SalesFigures> figures, bool isCsv) : IResult
{
    /// <summary>Rows between two flushes: each flush is a write to the network.</summary>
    const int RowsPerFlush = 256;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        // The first row is read before anything is sent: a database that is away can still be answered by its problem.
        await using var rows = Rows(httpContext.RequestAborted).GetAsyncEnumerator(httpContext.RequestAborted);
        var hasRows = await rows.MoveNextAsync().ConfigureAwait(false);
        if (isCsv)
        {
            await WriteCsv(httpContext.Response, rows, hasRows, httpContext.RequestAborted).ConfigureAwait(false);
        }
        else
        {
            await httpContext.Response.WriteAsJsonAsync(Rest(rows, hasRows), ApiJson.Default.IAsyncEnumerableSalesRow, contentType: null, httpContext.RequestAborted).ConfigureAwait(false);
        }
    }

    // Not by LINQ, whose name for it EventStoreDB's official client brings along once more.
    async IAsyncEnumerable<SalesRow> Rows([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in figures.WithCancellation(cancellationToken).ConfigureAwait(false))
            yield return SalesRow.Of(row);
    }

    static async IAsyncEnumerable<SalesRow> Rest(IAsyncEnumerator<SalesRow> rows, bool hasRows, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (; hasRows; hasRows = await rows.MoveNextAsync().ConfigureAwait(false))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return rows.Current;
        }
    }

    async Task WriteCsv(HttpResponse response, IAsyncEnumerator<SalesRow> rows, bool hasRows, CancellationToken cancellationToken)
    {
        response.ContentType = "text/csv; charset=utf-8; header=present";
        await using var text = new StreamWriter(response.Body, leaveOpen: true);
        await using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\r\n" });
        await WriteRecord(csv, by.Select(Words.Of), ["currency", "orders", "lines", "units", "gross", "returned", "credited", "net"]).ConfigureAwait(false);
        for (var n = 1; hasRows; hasRows = await rows.MoveNextAsync().ConfigureAwait(false), n++)
        {
            var row = rows.Current;
            await WriteRecord(csv, by.Select(d => Dimension(row, d)), [row.Currency, Whole(row.Orders), Whole(row.Lines), Whole(row.Units), row.Gross, row.Returned, row.Credited, row.Net]).ConfigureAwait(false);
            if (n % RowsPerFlush == 0)
            {
                await csv.FlushAsync().ConfigureAwait(false);
                await text.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }
    }

    static Task WriteRecord(CsvWriter csv, IEnumerable<string?> dimensions, IEnumerable<string> figures)
    {
        foreach (var field in dimensions.Concat(figures))
        {
            csv.WriteField(field);
        }

        // The server writes asynchronously only, and what is buffered is written here whenever it is enough.
        return csv.NextRecordAsync();
    }

    static string? Dimension(SalesRow row, SalesDimension dimension) => dimension switch
    {
        SalesDimension.Day => row.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        SalesDimension.Country => NoFormula(row.Country),
        _ => row.Sku,
    };

    // A client chose this text: what begins like a formula must not become one in a spreadsheet. Figures are ours, and a minus sign is one.
    static string? NoFormula(string? text) => text is ['=' or '+' or '-' or '@' or '\t' or '\r', ..] ? "'" + text : text;

    static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);
}
