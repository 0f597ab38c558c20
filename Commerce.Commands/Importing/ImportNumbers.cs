using System.Globalization;
using System.Text;
using Commerce.Commands.Numbering;

namespace Commerce.Commands.Importing;

/// <summary>
/// Order numbers of past trade, in the layout of live ones and sorted by time with them; below zero before the layout's
/// epoch. The workers are never leased. The files know minutes only: what is left of the minute, some 28 bits, holds the
/// invoice's number, so that orders of one minute differ and stand as their invoices do.
/// </summary>
static class ImportNumbers
{
    /// <summary>Worker of invoices that are plain numbers.</summary>
    public const int NumericWorker = OrderNumberLayout.LeasedWorkersMax;

    /// <summary>Worker of other invoices; what tells them apart is a hash.</summary>
    public const int OtherWorker = OrderNumberLayout.LeasedWorkersMax + 1;

    const long PlacesOfMinute = 60_000L << OrderNumberLayout.SequenceBits;

    static readonly long EpochUnixMs = OrderNumberLayout.Epoch.ToUnixTimeMilliseconds();

    /// <summary>The number of an invoice's order.</summary>
    public static long Of(Occasion occasion)
    {
        var isNumeric = long.TryParse(occasion.Invoice, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var place = (isNumeric ? number : Hash(occasion.Invoice)) % PlacesOfMinute;
        var minuteUnixMs = occasion.At.ToUnixTimeSeconds() / 60 * 60_000;
        var milliseconds = minuteUnixMs - EpochUnixMs + (place >> OrderNumberLayout.SequenceBits);
        var worker = isNumeric ? NumericWorker : OtherWorker;
        return (milliseconds << (OrderNumberLayout.WorkerBits + OrderNumberLayout.SequenceBits))
            | ((long)worker << OrderNumberLayout.SequenceBits)
            | (place & OrderNumberLayout.SequenceMax);
    }

    // FNV-1a, 64 bits: string.GetHashCode differs from run to run.
    static long Hash(string text)
    {
        var hash = Encoding.ASCII.GetBytes(text).Aggregate(14_695_981_039_346_656_037UL, (h, b) => unchecked((h ^ b) * 1_099_511_628_211UL));
        return (long)(hash >> 1);
    }
}
