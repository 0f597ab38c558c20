using System.Buffers;
using System.Text;

namespace Commerce.Domain;

/// <summary>What a person or another system wrote: names, reasons, references.</summary>
public static class FreeText
{
    /// <summary>
    /// Whether it can be kept: 1 to <paramref name="lengthMax"/> characters, not only spaces, no control characters (a
    /// database's text holds no NUL, and nobody sees the others), no halves of characters (UTF-8 has none: it would come
    /// back changed).
    /// </summary>
    public static bool IsValid(string? text, int lengthMax)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > lengthMax)
        {
            return false;
        }

        for (var at = 0; at < text.Length;)
        {
            if (Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length) != OperationStatus.Done || Rune.IsControl(rune))
            {
                return false;
            }

            at += length;
        }

        return true;
    }

    /// <summary>Whether it is missing or can be kept.</summary>
    public static bool IsNullOrValid(string? text, int lengthMax) => text is null || IsValid(text, lengthMax);
}
