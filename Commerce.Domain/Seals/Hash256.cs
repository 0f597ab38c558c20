using System.Buffers.Binary;

namespace Commerce.Domain.Seals;

/// <summary>A SHA-256 hash as a value: some hundred thousand of them are held at once, and none is an object of its own.</summary>
public readonly record struct Hash256
{
    /// <summary>Bytes of a hash.</summary>
    public const int Size = 32;

    readonly ulong _a;
    readonly ulong _b;
    readonly ulong _c;
    readonly ulong _d;

    /// <summary>The hash that these bytes are.</summary>
    /// <exception cref="ArgumentException">They are not <see cref="Size"/>.</exception>
    public Hash256(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new ArgumentException($"A hash has {Size} bytes.", nameof(bytes));
        }

        _a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        _c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        _d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>All zeros: what stands before the first of a chain.</summary>
    public static Hash256 Zero => default;

    /// <summary>Its first eight bytes: enough to tell where two lists of events part, too few to prove anything.</summary>
    public ulong Prefix => _a;

    /// <summary>Writes its bytes.</summary>
    /// <param name="to">At least <see cref="Size"/>.</param>
    public void CopyTo(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64BigEndian(to, _a);
        BinaryPrimitives.WriteUInt64BigEndian(to[8..], _b);
        BinaryPrimitives.WriteUInt64BigEndian(to[16..], _c);
        BinaryPrimitives.WriteUInt64BigEndian(to[24..], _d);
    }

    /// <summary>The hash that this text is; null: it is none.</summary>
    public static Hash256? TryParse(string? hex) => hex?.Length == 2 * Size && hex.All(char.IsAsciiHexDigit) ? new(Convert.FromHexString(hex)) : null;

    /// <summary>64 hexadecimal digits in lower case.</summary>
    public override string ToString()
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
