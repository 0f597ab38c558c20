using System.Buffers.Binary;
using System.Globalization;
using Commerce.Domain;

namespace Commerce.Commands.Importing;

/// <summary>Ids that follow from the files alone, so that importing again makes the same ones.</summary>
static class ImportIds
{
    static readonly Guid Space = new("c1a3a0a5-9f0e-4c56-8c52-7f1f6d1be9d4");

    /// <summary>The order of an invoice.</summary>
    public static OrderId Order(string invoice) => new(Uuid.FromName(Space, $"order/{invoice}"));

    /// <summary>The shipment of an order.</summary>
    public static Guid Shipment(OrderId order) => Uuid.FromName(Space, $"shipment/{order}");

    /// <summary>The capture of an order's payment.</summary>
    public static Guid Capture(OrderId order) => Uuid.FromName(Space, $"capture/{order}");

    /// <summary>What a cancellation takes back of an order; its refund has the same id.</summary>
    public static Guid Return(string cancellation, OrderId order) => Uuid.FromName(Space, $"return/{cancellation}/{order}");

    /// <summary>One append: a part of what a chunk of a file writes to a stream.</summary>
    public static Guid Batch(string chunk, string stream, int part) => Uuid.FromName(Space, string.Create(CultureInfo.InvariantCulture, $"batch/{chunk}/{stream}/{part}"));

    /// <summary>An event of an append: its place is folded into the last 32 bits, since a hash for each of a hundred thousand events would be felt.</summary>
    public static Guid Event(Guid batch, int index)
    {
        Span<byte> bytes = stackalloc byte[16];
        batch.TryWriteBytes(bytes);
        var last = bytes[^sizeof(uint)..];
        BinaryPrimitives.WriteUInt32BigEndian(last, BinaryPrimitives.ReadUInt32BigEndian(last) ^ (uint)index);
        return new Guid(bytes);
    }

    /// <summary>The command that a line of past trade stands for.</summary>
    public static string Command(string invoice) => $"import/{invoice}";
}
