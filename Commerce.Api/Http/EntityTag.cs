using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace Commerce.Api.Http;

/// <summary>Entity tags: the revision of the stream behind a resource, in quotes (RFC 9110, 8.8.3).</summary>
static class EntityTag
{
    /// <summary>The tag of a revision.</summary>
    public static string Of(long revision) => string.Create(CultureInfo.InvariantCulture, $"\"{revision}\"");

    /// <summary>Reads If-Match: the revision that it names; null for none and for <c>*</c>.</summary>
    public static bool TryParseIfMatch(StringValues header, out long? revision)
    {
        revision = null;
        if (header.Count == 0 || header == "*")
        {
            return true;
        }

        var isTag = header.Count == 1 && header[0]?.Trim() is ['"', .., '"'] text
            && long.TryParse(text.AsSpan(1, text.Length - 2), NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && (revision = value) >= 0;
        return isTag;
    }
}
