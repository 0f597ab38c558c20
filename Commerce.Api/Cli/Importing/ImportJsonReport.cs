using System.Globalization;
using System.Text.Json;
using Commerce.Commands.Importing;

namespace Commerce.Api.Cli.Importing;

/// <summary>An import's report as JSON: amounts as decimal texts in GBP, every rejected line with file, line and reason.</summary>
static class ImportJsonReport
{
    /// <summary>Bytes held back before they are written: a file may have any number of rejected lines.</summary>
    const int FlushBytes = 64 * 1024;

    /// <summary>Writes the report.</summary>
    public static async Task Write(Stream stream, ImportReport report, IImportStore store, TimeSpan elapsed, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("addedLines", report.AddedLines);
        json.WriteNumber("seconds", Math.Round(elapsed.TotalSeconds, 3));
        json.WriteString("currency", "GBP");
        json.WritePropertyName("total");
        WriteFigures(json, report.Figures);
        json.WriteStartArray("files");
        foreach (var file in report.Files)
        {
            WriteFile(json, file);
        }

        json.WriteEndArray();
        json.WriteStartArray("rejected");
        foreach (var file in report.Files.Where(f => f.SameAs is null))
        {
            await foreach (var line in store.Rejected(file.File, cancellationToken).ConfigureAwait(false))
            {
                WriteRejected(json, file, line);
                if (json.BytesPending > FlushBytes)
                {
                    await json.FlushAsync(cancellationToken).ConfigureAwait(false);
                }
            }
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    static void WriteFile(Utf8JsonWriter json, FileReport file)
    {
        json.WriteStartObject();
        json.WriteString("name", file.File.Name);
        json.WriteString("sha256", file.File.Sha256);
        json.WriteNumber("bytes", file.File.Bytes);
        json.WriteNumber("addedLines", file.AddedLines);
        json.WriteString("sameAs", file.SameAs);
        json.WritePropertyName("figures");
        WriteFigures(json, file.Figures);
        json.WriteEndObject();
    }

    static void WriteRejected(Utf8JsonWriter json, FileReport file, RejectedLine line)
    {
        json.WriteStartObject();
        json.WriteString("file", file.File.Name);
        json.WriteNumber("line", line.Line);
        json.WriteString("reason", line.Reason);
        json.WriteNumber("lines", line.Lines);
        json.WriteEndObject();
    }

    static void WriteFigures(Utf8JsonWriter json, ImportFigures f)
    {
        json.WriteStartObject();
        WriteTally(json, "inFiles", f.InFiles);
        WriteTally(json, "sold", f.Sold);
        WriteTally(json, "returned", f.Returned);
        WriteTally(json, "credited", f.Credited);
        WriteTally(json, "adjusted", f.Adjusted);
        WriteTally(json, "rejected", f.Rejected);
        WriteTally(json, "classified", f.Classified);
        json.WriteBoolean("addUp", f.AddUp);
        WriteTally(json, "creditedAtAnotherPrice", f.CreditedAtAnotherPrice);
        json.WriteNumber("splitLines", f.SplitLines);
        json.WriteNumber("invoices", f.Invoices);
        json.WriteNumber("cancellations", f.Cancellations);
        json.WriteNumber("orders", f.Orders);
        json.WriteString("ordered", Amount(f.Ordered));
        json.WriteString("refunded", Amount(f.Refunded));
        json.WriteString("creditNotes", Amount(f.CreditNotes));
        json.WriteEndObject();
    }

    static void WriteTally(Utf8JsonWriter json, string name, Tally tally)
    {
        json.WriteStartObject(name);
        json.WriteNumber("lines", tally.Lines);
        json.WriteNumber("quantity", tally.Quantity);
        json.WriteString("value", Amount(tally.Value));
        json.WriteEndObject();
    }

    static string Amount(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);
}
