using System.Globalization;
using System.Text.Json;
using Commerce.Api.Endpoints;
using Commerce.Commands.Reconciliation;
using Commerce.Domain;

namespace Commerce.Api.Cli.Reconciling;

/// <summary>A reconciliation's report as JSON, with every difference.</summary>
static class ReconcileJson
{
    /// <summary>Writes the report.</summary>
    public static async Task Write(Stream stream, ReconciliationReport report, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("date", report.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        json.WriteBoolean("dryRun", report.Run is null);
        if (report.Run is { } run)
        {
            json.WriteNumber("run", run);
        }

        json.WriteNumber("movements", report.Movements);
        json.WriteNumber("repaired", report.Repaired);
        json.WriteNumber("left", report.Left);
        json.WriteStartArray("differences");
        foreach (var reported in report.Differences)
        {
            WriteDifference(json, reported);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await json.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    static void WriteDifference(Utf8JsonWriter json, ReportedDifference reported)
    {
        var d = reported.Difference;
        json.WriteStartObject();
        json.WriteString("fate", Words.Of(reported.Fate));
        json.WriteString("class", Words.Of(d.Class));
        json.WriteString("movement", Words.Of(d.Movement.Kind));
        json.WriteString("paymentId", d.Movement.Payment.Value);
        WriteIfKnown(json, "transferId", d.Movement.Transfer?.ToString("D"));
        WriteIfKnown(json, "orderId", d.Order?.ToString());
        WriteIfKnown(json, "orderSays", d.Demand is { } demand ? Words.Of(demand.Word) : null);
        WriteIfKnown(json, "orderAmount", Text(d.Demand?.Amount));
        WriteIfKnown(json, "here", d.Here is { } here ? Words.Of(here) : null);
        WriteIfKnown(json, "amountHere", Text(d.AmountHere));
        WriteIfKnown(json, "there", d.There is { } there ? Words.Of(there) : null);
        WriteIfKnown(json, "amountThere", Text(d.AmountThere));
        WriteIfKnown(json, "reference", d.Reference);
        json.WriteString("at", d.At.ToUniversalTime());
        json.WriteString("note", reported.Note);
        json.WriteEndObject();
    }

    static void WriteIfKnown(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    static string? Text(Money? amount) => amount?.ToString();
}
