using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Commerce.Projections.Queries;
using CsvHelper;
using CsvHelper.Configuration;

namespace Commerce.Api.Reports;

/// <summary>Writes an answer row by row: memory holds a few rows, however many there are.</summary>
static class ReportWriter
{
    /// <summary>Rows between two flushes: each waits until the reader has taken what is before it, and is a write to the network or the disk.</summary>
    const int RowsPerFlush = 256;

    /// <summary>Writes all rows.</summary>
    /// <returns>How many there were.</returns>
    public static Task<long> Write(AnalyticsAnswer answer, ReportFormat format, PipeWriter to, CancellationToken cancellationToken) => format switch
    {
        ReportFormat.Json => WriteJson(answer, to, cancellationToken),
        ReportFormat.Csv => WriteCsv(answer, to, cancellationToken),
        ReportFormat.Ndjson => WriteNdjson(answer, to, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(format)),
    };

    static async Task<long> WriteJson(AnalyticsAnswer answer, PipeWriter to, CancellationToken cancellationToken)
    {
        var columns = new ReportColumns(answer.Row);
        await using var json = new Utf8JsonWriter(to);
        json.WriteStartArray();
        var rows = await EachRow(
            answer,
            row => columns.Write(row.Row, json),
            async () =>
            {
                await json.FlushAsync(cancellationToken).ConfigureAwait(false);
                await to.FlushAsync(cancellationToken).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        json.WriteEndArray();
        await json.FlushAsync(cancellationToken).ConfigureAwait(false);
        await to.FlushAsync(cancellationToken).ConfigureAwait(false);
        return rows;
    }

    static async Task<long> WriteNdjson(AnalyticsAnswer answer, PipeWriter to, CancellationToken cancellationToken)
    {
        var columns = new ReportColumns(answer.Row);
        await using var json = new Utf8JsonWriter(to);
        var rows = await EachRow(
            answer,
            row =>
            {
                columns.Write(row.Row, json);
                json.Flush();
                to.Write("\n"u8);
                json.Reset();
            },
            () => to.FlushAsync(cancellationToken).AsTask(),
            cancellationToken).ConfigureAwait(false);
        await to.FlushAsync(cancellationToken).ConfigureAwait(false);
        return rows;
    }

    static async Task<long> WriteCsv(AnalyticsAnswer answer, PipeWriter to, CancellationToken cancellationToken)
    {
        var columns = new ReportColumns(answer.Row);
        await using var text = new StreamWriter(to.AsStream(leaveOpen: true));
        await using var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\r\n" });
        await WriteRecord(csv, columns.Names).ConfigureAwait(false);
        var rows = 0L;
        for (; await answer.Read(cancellationToken).ConfigureAwait(false); rows++)
        {
            // The server writes asynchronously only, and what is buffered is written here whenever it is enough.
            await WriteRecord(csv, columns.Texts(answer.Row)).ConfigureAwait(false);
            if ((rows + 1) % RowsPerFlush == 0)
            {
                await csv.FlushAsync().ConfigureAwait(false);
                await text.FlushAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return rows;
    }

    static async Task<long> EachRow(AnalyticsAnswer answer, Action<AnalyticsAnswer> write, Func<Task> flush, CancellationToken cancellationToken)
    {
        var rows = 0L;
        for (; await answer.Read(cancellationToken).ConfigureAwait(false); rows++)
        {
            write(answer);
            if ((rows + 1) % RowsPerFlush == 0)
            {
                await flush().ConfigureAwait(false);
            }
        }

        return rows;
    }

    static Task WriteRecord(CsvWriter csv, IEnumerable<string> fields)
    {
        foreach (var field in fields)
        {
            csv.WriteField(field);
        }

        return csv.NextRecordAsync();
    }
}
