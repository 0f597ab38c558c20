using System.Globalization;
using System.Runtime.CompilerServices;
using Commerce.Commands.Importing;

namespace Commerce.Api.Cli.Importing;

/// <summary>An import's report in words.</summary>
static class ImportText
{
    /// <summary>Rejected lines that are printed; the JSON report has all.</summary>
    const int RejectedShownMax = 20;

    /// <summary>The report, line by line.</summary>
    public static async IAsyncEnumerable<string> Of(
        ImportReport report, IImportStore store, TimeSpan elapsed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var f = report.Figures;
        yield return Text($"Online Retail: {report.Files.Count:N0} files, {f.InFiles.Lines:N0} lines, {f.Invoices:N0} invoices ({f.Cancellations:N0} of them cancellations), {f.Orders:N0} orders");
        foreach (var same in report.Files.Where(file => file.SameAs is not null))
        {
            yield return $"{same.File.Name} has the content of {same.SameAs} and counts once.";
        }

        yield return string.Empty;
        yield return Row("", "lines", "units", "value GBP");
        foreach (var (name, tally) in Classes(f))
        {
            yield return Row(name, tally);
        }

        yield return Row("together", f.Classified);
        yield return Row("in the files", f.InFiles) + (f.AddUp ? "   they agree" : "   THEY DIFFER");
        yield return string.Empty;
        yield return Text($"Booked, each line in whole pence: orders {f.Ordered:N2}, refunded {f.Refunded:N2}, credit notes {f.CreditNotes:N2}, net {f.Ordered - f.Refunded - f.CreditNotes:N2} GBP.");
        yield return Text($"{f.SplitLines:N0} lines are returned in part and credited for the rest; {-f.CreditedAtAnotherPrice.Quantity:N0} credited units ({f.CreditedAtAnotherPrice.Value:N2} GBP) the customer had bought at another price.");
        await foreach (var line in Rejected(report, store, cancellationToken).ConfigureAwait(false))
        {
            yield return line;
        }

        yield return report.AddedLines == 0
            ? "Nothing added: all of it was imported before."
            : Text($"{report.AddedLines:N0} lines added in {elapsed.TotalSeconds:F1} s: {report.AddedLines / elapsed.TotalSeconds:N0} lines/s.");
    }

    /// <summary>The classes by name.</summary>
    public static (string Name, Tally Tally)[] Classes(ImportFigures f) =>
    [
        ("sold", f.Sold), ("returned", f.Returned), ("credited, no known sale", f.Credited), ("written off or adjusted", f.Adjusted), ("rejected", f.Rejected),
    ];

    static async IAsyncEnumerable<string> Rejected(ImportReport report, IImportStore store, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var shown = 0;
        foreach (var file in report.Files.Where(file => file.SameAs is null))
        {
            await foreach (var line in store.Rejected(file.File, cancellationToken).ConfigureAwait(false))
            {
                if (shown++ == RejectedShownMax)
                {
                    yield return "  … and more: --json FILE lists all.";
                    yield break;
                }

                yield return Text($"  rejected {file.File.Name}:{line.Line}: {line.Reason}");
            }
        }
    }

    static string Row(string name, Tally tally) => Row(name, Text($"{tally.Lines:N0}"), Text($"{tally.Quantity:N0}"), Text($"{tally.Value:N2}"));

    static string Row(string name, string lines, string units, string value) => $"  {name,-24} {lines,12} {units,22} {value,26}";

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
