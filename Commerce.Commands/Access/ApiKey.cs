using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace Commerce.Commands.Access;

/// <summary>
/// A key of the API: <c>ck_</c>, 12 characters that anybody may know, <c>_</c>, 32 secret ones (190 bits of chance), and 6 of a checksum over all
/// before. Who mistypes it, or guesses without the checksum, is refused without a look at what keys there are; scanners for leaked secrets know it by its prefix.
/// </summary>
public sealed record ApiKey
{
    /// <summary>What every key begins with.</summary>
    public const string Prefix = "ck_";

    /// <summary>Bytes of a key's hash.</summary>
    public const int HashBytes = SHA256.HashSizeInBytes;

    const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const int IdLength = 12;
    const int SecretLength = 32;
    const int ChecksumLength = 6;
    const int CheckedLength = 3 + IdLength + 1 + SecretLength;
    const int Length = CheckedLength + ChecksumLength;

    ApiKey(string text) => Text = text;

    /// <summary>The whole key: a secret, shown once.</summary>
    public string Text { get; }

    /// <summary>Its public part.</summary>
    public string Id => IdOf(Text).ToString();

    /// <summary>What is kept of it: SHA-256, hexadecimal.</summary>
    public string Hash
    {
        get
        {
            Span<byte> hash = stackalloc byte[HashBytes];
            WriteHash(Text, hash);
            return Convert.ToHexStringLower(hash);
        }
    }

    /// <summary>A new one, by chance.</summary>
    public static ApiKey New()
    {
        var text = $"{Prefix}{RandomNumberGenerator.GetString(Alphabet, IdLength)}_{RandomNumberGenerator.GetString(Alphabet, SecretLength)}";
        Span<char> checksum = stackalloc char[ChecksumLength];
        WriteChecksum(text, checksum);
        return new($"{text}{checksum}");
    }

    /// <summary>Reads one; null: it is none.</summary>
    public static ApiKey? TryRead(string? text) => IsWellFormed(text) && text is not null ? new(text) : null;

    /// <summary>Whether the text is built as a key is, checksum included.</summary>
    public static bool IsWellFormed(ReadOnlySpan<char> text)
    {
        if (text.Length != Length || !text.StartsWith(Prefix, StringComparison.Ordinal) || text[3 + IdLength] != '_' || !Ascii.IsValid(text))
        {
            return false;
        }

        Span<char> checksum = stackalloc char[ChecksumLength];
        WriteChecksum(text[..CheckedLength], checksum);
        return text[CheckedLength..].SequenceEqual(checksum);
    }

    /// <summary>The public part of a well-formed one.</summary>
    public static ReadOnlySpan<char> IdOf(ReadOnlySpan<char> text) => text.Slice(3, IdLength);

    /// <summary>Hashes a well-formed one.</summary>
    /// <param name="text">The key.</param>
    /// <param name="hash"><see cref="HashBytes"/> bytes.</param>
    public static void WriteHash(ReadOnlySpan<char> text, Span<byte> hash)
    {
        Span<byte> bytes = stackalloc byte[Length];
        Encoding.ASCII.GetBytes(text, bytes);
        SHA256.HashData(bytes, hash);
    }

    // CRC-32C, as digits of the alphabet: it tells typing errors, not forgers, who are told by the hash.
    static void WriteChecksum(ReadOnlySpan<char> text, Span<char> checksum)
    {
        var crc = uint.MaxValue;
        foreach (var c in text)
        {
            crc = BitOperations.Crc32C(crc, (byte)c);
        }

        for (var (rest, n) = (~crc, ChecksumLength - 1); n >= 0; n--, rest /= (uint)Alphabet.Length)
        {
            checksum[n] = Alphabet[(int)(rest % (uint)Alphabet.Length)];
        }
    }

    /// <summary>Its public part only: whatever writes a key to a log by accident writes no secret.</summary>
    public override string ToString() => $"{Prefix}{Id}_…";
}
