using System.Globalization;
using Commerce.Domain.Log;

namespace Commerce.Domain.FlashSales;

/// <summary>
/// One of the streams over which a sale is spread. A customer always comes to the same one, so that it alone holds them to the limit; a
/// claim says by its id where it is.
/// </summary>
/// <param name="Number">Which, from 0.</param>
/// <param name="Of">How many there are.</param>
public sealed record SaleShard(int Number, int Of)
{
    /// <summary>Streams of one sale at most: as many as four bits of a claim's id can name.</summary>
    public const int CountMax = 16;

    /// <summary>What stands between the sale and the number in the name of a further stream.</summary>
    const char Separator = '.';

    /// <summary>Version of ids that an application makes by its own rules (RFC 9562, 5.8): that of claims which name their shard.</summary>
    const int OwnVersion = 8;

    const int VersionByte = 6;
    const int ShardByte = 15;

    /// <summary>The shard that a customer comes to.</summary>
    /// <param name="customer">Who.</param>
    /// <param name="of">How many there are, 1 to <see cref="CountMax"/>.</param>
    public static SaleShard For(CustomerId customer, int of) => new(of == 1 ? 0 : (int)(HashOf(customer.Value) % (uint)of), of);

    /// <summary>The stream of a shard; the first one's is that of the sale.</summary>
    public static StreamName StreamOf(FlashSaleId sale, int number) => number == 0
        ? FlashSale.StreamOf(sale)
        : StreamName.For(FlashSale.Decider.Category, string.Create(CultureInfo.InvariantCulture, $"{sale}{Separator}{number}"));

    /// <summary>The stream in which a claim is.</summary>
    public static StreamName StreamOf(FlashSaleId sale, OrderId claim) => StreamOf(sale, NumberOf(claim));

    /// <summary>The shard that a claim's id names; one of another version names the first.</summary>
    public static int NumberOf(OrderId claim) => claim.Value.Version == OwnVersion ? claim.Value.ToByteArray(bigEndian: true)[ShardByte] & (CountMax - 1) : 0;

    /// <summary>The sale that a stream is of, and which of its shards.</summary>
    /// <exception cref="FormatException">It is no sale's.</exception>
    public static (FlashSaleId Sale, int Number) Read(StreamName stream) => stream.Id.Split(Separator) switch
    {
        [var sale] => (FlashSaleId.Parse(sale, null), 0),
        [var sale, var number] => (FlashSaleId.Parse(sale, null), int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture)),
        _ => throw new FormatException($"{stream} is no stream of a flash sale."),
    };

    /// <summary>The id of a customer's claim, which names this shard.</summary>
    /// <param name="seed">Any id of the claim; the same gives the same.</param>
    public OrderId ClaimOf(Guid seed)
    {
        var bytes = seed.ToByteArray(bigEndian: true);
        bytes[VersionByte] = (byte)((bytes[VersionByte] & 0x0F) | (OwnVersion << 4));
        bytes[ShardByte] = (byte)((bytes[ShardByte] & 0xF0) | Number);
        return new(new Guid(bytes, bigEndian: true));
    }

    /// <summary>This shard's share of units: all shards together have all of them.</summary>
    public int ShareOf(int units) => (units / Of) + (Number < units % Of ? 1 : 0);

    // FNV-1a (RFC 9923): the same in every process.
    static uint HashOf(string text)
    {
        var hash = 2_166_136_261u;
        foreach (var c in text)
        {
            hash = (hash ^ c) * 16_777_619u;
        }

        // The lowest bits of FNV-1a are those of the last letters: fold them.
        return hash ^ (hash >> 16);
    }
}
