using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Commerce.Domain.Customers;

/// <summary>
/// Something personal, encrypted with a key that its customer has alone and that is not in the log. The domain carries it and never
/// looks into it; when the key is destroyed, nobody can any more. Base64url of a version, the key's id, a nonce, what is encrypted and its tag.
/// </summary>
[JsonConverter(typeof(ParsableConverter<PersonalData>))]
public readonly record struct PersonalData : IParsable<PersonalData>
{
    /// <summary>First byte of what is written today: AES-256 in GCM.</summary>
    public const byte Version = 1;

    /// <summary>Bytes of the key's id.</summary>
    public const int KeyIdBytes = 8;

    /// <summary>Bytes of a nonce, as GCM wants it (NIST SP 800-38D).</summary>
    public const int NonceBytes = 12;

    /// <summary>Bytes of a tag, GCM's longest.</summary>
    public const int TagBytes = 16;

    /// <summary>Bytes beside what is encrypted.</summary>
    public const int OverheadBytes = 1 + KeyIdBytes + NonceBytes + TagBytes;

    /// <summary>Bytes at most: the longest details, each character escaped to six bytes, are half of it.</summary>
    public const int BytesMax = 16 * 1024;

    PersonalData(string text) => Text = text;

    /// <summary>As it is stored.</summary>
    public string Text { get; }

    /// <summary>What was encrypted just now.</summary>
    /// <exception cref="ArgumentException">The bytes are none.</exception>
    public static PersonalData Of(ReadOnlySpan<byte> bytes) =>
        IsValid(bytes) ? new(Base64Url.EncodeToString(bytes)) : throw new ArgumentException("These bytes are no encrypted personal data.", nameof(bytes));

    /// <summary>Version, key's id, nonce, what is encrypted, tag.</summary>
    public byte[] ToBytes() => Base64Url.DecodeFromChars(Text);

    /// <inheritdoc/>
    public static PersonalData Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var data) ? data : throw new FormatException("This is no encrypted personal data.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out PersonalData result)
    {
        result = default;
        if (s is null || s.Length > Base64Url.GetEncodedLength(BytesMax) || !Base64Url.IsValid(s, out var length) || length > BytesMax)
        {
            return false;
        }

        Span<byte> bytes = new byte[length];
        var isRead = Base64Url.TryDecodeFromChars(s, bytes, out _) && IsValid(bytes);
        result = isRead ? new PersonalData(s) : default;
        return isRead;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    static bool IsValid(ReadOnlySpan<byte> bytes) => bytes.Length is > OverheadBytes and <= BytesMax && bytes[0] == Version;
}
