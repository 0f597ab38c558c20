using System.Collections.Immutable;
using System.Text.Json;
using Commerce.Domain.Log;
using Commerce.Domain.Snapshots;

namespace Commerce.Domain.FlashSales;

/// <content>A sale as it is kept in a snapshot: some 30 bytes a claim, and its customers' names.</content>
public sealed partial record FlashSale
{
    static string NameOfTerms => EventCatalog.Types.Single(t => t.Type == typeof(FlashSaleEvent.Announced)).Name;

    static void Write(FlashSale sale, BinaryWriter to)
    {
        var terms = EventCatalog.ToJson(sale.Terms ?? throw new InvalidOperationException("A sale is announced before anything is kept of it."));
        to.Write7BitEncodedInt(terms.Length);
        to.Write(terms);
        to.Write(sale.IsStocked);
        to.WriteAll(sale.IsStocked ? sale.Parts : [], Write);
        to.WriteAll(sale.Unclaimed, static (units, w) => w.Write(units));
        to.WriteAll(sale.Returns, static (number, w) => w.Write(number));
        to.Write(sale.Claims);
        to.Write(sale.Claimed);
        to.Write(sale.GivenBack);
        to.Write(sale.IsClosed);
        to.Write(sale._oldestWaiting);
        to.Write(sale.Shard.Number);
        to.Write(sale.Shard.Of);
        to.WriteAll(sale.MovesTo, static (moves, w) => w.WritePair(moves.Key, moves.Value));
        to.WriteAll(sale.Taken, static (move, w) => w.WritePair(move.From, move.Number));
        sale.Book.Write(to);
    }

    static void Write(SalePart part, BinaryWriter to)
    {
        to.Write(part.Location.Value);
        to.Write(part.Quantity);
    }

    static FlashSale Read(BinaryReader from)
    {
        var terms = EventCatalog.Read(NameOfTerms, from.ReadBytes(from.Read7BitEncodedInt())) as FlashSaleEvent.Announced ?? throw new JsonException("A sale begins with its terms.");
        var isStocked = from.ReadBoolean();
        var parts = from.ReadAll(static r => new SalePart(LocationId.Of(r.ReadString()), r.ReadInt32()));
        return new FlashSale
        {
            Terms = terms,
            Parts = isStocked ? [.. parts] : default,
            Unclaimed = [.. from.ReadAll(static r => r.ReadInt32())],
            Returns = [.. from.ReadAll(static r => r.ReadInt32())],
            Claims = from.ReadInt32(),
            Claimed = from.ReadInt32(),
            GivenBack = from.ReadInt32(),
            IsClosed = from.ReadBoolean(),
            _oldestWaiting = from.ReadInt32(),
            Shard = new(from.ReadInt32(), from.ReadInt32()),
            MovesTo = from.ReadAll(static r => KeyValuePair.Create(r.ReadInt32(), r.ReadInt32())).ToImmutableDictionary(),
            Taken = [.. from.ReadAll(static r => (r.ReadInt32(), r.ReadInt32()))],
            _book = ClaimBook.Read(from),
        };
    }
}
