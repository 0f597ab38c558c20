using System.Collections.Immutable;
using Commerce.Domain.Snapshots;

namespace Commerce.Domain.Inventory;

/// <summary>A stock as it is kept in a snapshot.</summary>
static class StockShape
{
    /// <summary>It.</summary>
    public static readonly SnapshotShape<Stock> Shape = new(1, Write, Read);

    static void Write(Stock stock, BinaryWriter to)
    {
        to.Write(stock.OnHand);
        to.Write(stock.ReservedTotal);
        to.Write(stock.AllocatedTotal);
        to.Write(stock.Away);
        to.WriteAll(stock.Reservations, Write);
        to.WriteAll(stock.Sales, Write);
        to.WriteAll([.. stock.RecentShipments.OldestFirst], Write);
        to.WriteAll([.. stock.RecentReturns.OldestFirst], Write);
    }

    static Stock Read(BinaryReader from)
    {
        var (onHand, reserved, allocated, away) = (from.ReadInt32(), from.ReadInt32(), from.ReadInt32(), from.ReadInt64());
        return new Stock(onHand, reserved, from.ReadAll(ReadReservation).ToImmutableDictionary())
        {
            AllocatedTotal = allocated,
            Away = away,
            Sales = from.ReadAll(ReadAllocation).ToImmutableDictionary(),
            RecentShipments = ReadMoves(from),
            RecentReturns = ReadMoves(from),
        };
    }

    static void Write(KeyValuePair<OrderId, Reservation> held, BinaryWriter to)
    {
        to.WriteGuid(held.Key.Value);
        to.Write(held.Value.Quantity);
        to.Write(held.Value.Left);
        to.WriteAll(held.Value.Shipments, static (shipment, w) => w.WriteGuid(shipment));
        to.WriteGuid(held.Value.Sale?.Value ?? Guid.Empty);
    }

    static KeyValuePair<OrderId, Reservation> ReadReservation(BinaryReader from)
    {
        var (order, quantity, left) = (new OrderId(from.ReadGuid()), from.ReadInt32(), from.ReadInt32());
        var shipments = from.ReadAll(static r => r.ReadGuid()).ToImmutableList();
        var sale = from.ReadGuid();
        return new(order, new(quantity, left, shipments, sale == Guid.Empty ? null : new FlashSaleId(sale)));
    }

    static void Write(KeyValuePair<FlashSaleId, SaleAllocation> sale, BinaryWriter to)
    {
        to.WriteGuid(sale.Key.Value);
        to.Write(sale.Value.Given);
        to.Write(sale.Value.Left);
        to.Write(sale.Value.ReturnedUpTo);
        to.WriteAll(sale.Value.ReturnedBeyond, static (number, w) => w.Write(number));
    }

    static KeyValuePair<FlashSaleId, SaleAllocation> ReadAllocation(BinaryReader from) =>
        new(new(from.ReadGuid()), new(from.ReadInt32(), from.ReadInt32(), from.ReadInt32(), [.. from.ReadAll(static r => r.ReadInt32())]));

    static void Write((OrderId Order, Guid Move) move, BinaryWriter to)
    {
        to.WriteGuid(move.Order.Value);
        to.WriteGuid(move.Move);
    }

    static RecentMoves ReadMoves(BinaryReader from) =>
        from.ReadAll(static r => (Order: new OrderId(r.ReadGuid()), Move: r.ReadGuid())).Aggregate(RecentMoves.None, (recent, m) => recent.With(m.Order, m.Move));
}
