using System.Text;
using Commerce.Domain;
using Microsoft.Extensions.Primitives;

namespace Commerce.Api.Http;

/// <summary>
/// A client's name for one command (IETF draft-ietf-httpapi-idempotency-key-header): a structured-field string
/// (RFC 9651, 3.3.3), in quotes; bare is taken as well.
/// </summary>
readonly record struct IdempotencyKey(string Value)
{
    /// <summary>Characters at most.</summary>
    public const int LengthMax = 255;

    static readonly Guid Space = new("0b7c2f51-8f3e-4b0e-9d0a-5c3f6f6f2d27");

    /// <summary>The id that client and key stand for, everywhere and for ever: of the command, and of what it creates.</summary>
    public Guid IdFor(string client) => Uuid.FromName(Space, $"{client}\n{Value}");

    /// <summary>Reads the header's one value.</summary>
    public static bool TryParse(StringValues header, out IdempotencyKey key)
    {
        var text = header.Count == 1 ? header[0]?.Trim() : null;
        var value = text is ['"', .., '"'] ? Unquoted(text.AsSpan(1, text.Length - 2)) : Bare(text);
        key = new(value ?? string.Empty);
        return value is { Length: > 0 and <= LengthMax };
    }

    static string? Bare(string? text) => text is not null && text.All(c => c is > ' ' and <= '~' and not '"' and not '\\' and not ',' and not ';') ? text : null;

    static string? Unquoted(ReadOnlySpan<char> text)
    {
        var value = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var isEscape = text[i] == '\\';
            i += isEscape ? 1 : 0;
            if (i == text.Length || text[i] is < ' ' or > '~' || (text[i] is '"' or '\\') != isEscape)
            {
                return null;
            }

            value.Append(text[i]);
        }

        return value.ToString();
    }
}
