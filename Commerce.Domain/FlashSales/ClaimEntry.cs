using System.Runtime.InteropServices;
using Commerce.Domain.Snapshots;

namespace Commerce.Domain.FlashSales;

/// <summary>Where a claim stands.</summary>
public enum ClaimStatus : byte
{
    /// <summary>Waiting for its payment.</summary>
    Waiting,

    /// <summary>It becomes an order, or is one.</summary>
    Ordered,

    /// <summary>Its units, or what was left of them, are offered again.</summary>
    Returned,
}

/// <summary>One claim as a sale remembers it: 36 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly record struct ClaimEntry
{
    readonly uint _payUntil;

    internal ClaimEntry(Guid id, int customer, int quantity, int part, DateTimeOffset? payUntil)
        : this(id, customer, quantity, part, payUntil is { } until ? (uint)until.ToUnixTimeSeconds() : 0)
    {
    }

    ClaimEntry(Guid id, int customer, int quantity, int part, uint payUntil)
    {
        (Id, Customer, QuantityShort, LeftShort, Part, _payUntil) = (id, customer, (ushort)quantity, (ushort)quantity, (byte)part, payUntil);
        Status = payUntil == 0 ? ClaimStatus.Ordered : ClaimStatus.Waiting;
    }

    /// <summary>Its id.</summary>
    public Guid Id { get; }

    /// <summary>Which part of the sale serves it.</summary>
    public byte Part { get; }

    /// <summary>Where it stands.</summary>
    public ClaimStatus Status { get; private init; }

    /// <summary>Units that were claimed.</summary>
    public int Quantity => QuantityShort;

    /// <summary>Units of them that were not offered again.</summary>
    public int Left => LeftShort;

    /// <summary>Until when a payment had to be given; null: it came with one.</summary>
    public DateTimeOffset? PayUntil => _payUntil == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(_payUntil);

    /// <summary>Number of its customer in the book.</summary>
    internal int Customer { get; }

    // Hash of the token, to tell a repeat from another payment; 0: there is none.
    int Token { get; init; }

    ushort QuantityShort { get; }

    ushort LeftShort { get; init; }

    /// <summary>Whether this is the payment that it has; of one that brings none nothing is asked.</summary>
    public bool IsPaidWith(string? token) => token is null || Token == HashOf(token);

    internal static ClaimEntry Read(BinaryReader from) => new(from.ReadGuid(), from.Read7BitEncodedInt(), from.ReadUInt16(), from.ReadByte(), from.ReadUInt32())
    {
        LeftShort = from.ReadUInt16(),
        Status = (ClaimStatus)from.ReadByte(),
        Token = from.ReadInt32(),
    };

    internal void Write(BinaryWriter to)
    {
        to.WriteGuid(Id);
        to.Write7BitEncodedInt(Customer);
        to.Write(QuantityShort);
        to.Write(Part);
        to.Write(_payUntil);
        to.Write(LeftShort);
        to.Write((byte)Status);
        to.Write(Token);
    }

    internal ClaimEntry Paid(string token) => this with { Status = ClaimStatus.Ordered, Token = HashOf(token) };

    internal ClaimEntry Returned(int quantity) => this with { Status = ClaimStatus.Returned, LeftShort = (ushort)(LeftShort - quantity) };

    // FNV-1a (RFC 9923): the same in every process. Never 0, which stands for none.
    static int HashOf(string token)
    {
        var hash = 2_166_136_261u;
        foreach (var c in token)
        {
            hash = (hash ^ c) * 16_777_619u;
        }

        return hash == 0 ? 1 : unchecked((int)hash);
    }
}
