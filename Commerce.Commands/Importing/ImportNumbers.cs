using System.Globalization;
using System.Text;

namespace Commerce.Commands.Importing;

/// <summary>
/// Order numbers of past trade: 64 bits that grow with time as those of live orders do (41 bits of milliseconds since 1970,
/// 10 of a worker, 12 of a sequence), under two workers that are never leased. The files know minutes only: what is left of
/// the minute, some 28 bits, holds the invoice's number, so that orders of one minute differ and stand as their invoices do.
/// </summary>
static class ImportNumbers
{
    /// <summary>Worker of invoices that are plain numbers.</summary>
    public const int NumericWorker = 1023;

    /// <summary>Worker of other invoices; what tells them apart is a hash.</summary>
    public const int OtherWorker = 1022;

    const int WorkerBits = 10;
    const int SequenceBits = 12;
    const long PlacesOfMinute = 60_000L << SequenceBits;

    /// <summary>The number of an invoice's order.</summary>
    public static long Of(Occasion occasion)
    {
        var isNumeric = long.TryParse(occasion.Invoice, NumberStyles.None, CultureInfo.InvariantCulture, out var number);
        var place = (isNumeric ? number : Hash(occasion.Invoice)) % PlacesOfMinute;
        var minute = occasion.At.ToUnixTimeSeconds() / 60 * 60_000;
        var millisecond = minute + (place >> SequenceBits);
        var worker = isNumeric ? NumericWorker : OtherWorker;
        return (((millisecond << WorkerBits) | (uint)worker) << SequenceBits) | (place & ((1 << SequenceBits) - 1));
    }

    // FNV-1a, 64 bits: string.GetHashCode differs from run to run.
    static long Hash(string text)
    {
        var hash = Encoding.ASCII.GetBytes(text).Aggregate(14_695_981_039_346_656_037UL, (h, b) => unchecked((h ^ b) * 1_099_511_628_211UL));
        return (long)(hash >> 1);
    }
}
