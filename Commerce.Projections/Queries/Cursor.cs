using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Commerce.Projections.Queries;

/// <summary>
/// Place in a list: the sort key of the last item shown, so that what is added or removed meanwhile neither repeats an item nor
/// skips one. Opaque to clients: base64url of the list's letter and the key's parts.
/// </summary>
static class Cursor
{
    /// <summary>Characters of a cursor at most: the longest key is a SKU and a location.</summary>
    const int LengthMax = 512;

    const char Separator = '\n';

    public static string Write(char list, params IEnumerable<string> key) =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(list + string.Concat(key.Select(k => Separator + k))));

    /// <summary>The parts of a key, as many as the list has.</summary>
    public static bool TryRead(string cursor, char list, int parts, [NotNullWhen(true)] out string[]? key)
    {
        key = null;
        if (cursor.Length > LengthMax || !Base64Url.IsValid(cursor))
        {
            return false;
        }

        var text = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split(Separator);
        // PostgreSQL holds no NUL in a text.
        key = text.Length == parts + 1 && text[0] == list.ToString() && !text.Any(t => t.Contains('\0', StringComparison.Ordinal)) ? text[1..] : null;
        return key is not null;
    }
}
