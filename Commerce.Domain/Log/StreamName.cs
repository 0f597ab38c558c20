using System.Diagnostics.CodeAnalysis;

namespace Commerce.Domain.Log;

/// <summary>
/// Name of one stream: a category, a dash, an id (<c>order-0190…</c>). 3 to 200 characters without spaces or control
/// characters; a leading <c>$</c> belongs to the log's own streams.
/// </summary>
public readonly record struct StreamName : IParsable<StreamName>
{
    /// <summary>Characters of the longest name; every engine stores and indexes that much.</summary>
    public const int LengthMax = 200;

    StreamName(string value) => Value = value;

    /// <summary>The whole name.</summary>
    public string Value { get; }

    /// <summary>What stands before the first dash: the kind of aggregate.</summary>
    public string Category => Value[..Value.IndexOf('-', StringComparison.Ordinal)];

    /// <summary>What stands after the first dash.</summary>
    public string Id => Value[(Value.IndexOf('-', StringComparison.Ordinal) + 1)..];

    /// <summary>The same without a copy: whoever replays a log asks it of every event.</summary>
    public ReadOnlySpan<char> IdSpan() => Value.AsSpan(Value.IndexOf('-', StringComparison.Ordinal) + 1);

    /// <summary>The stream of one aggregate.</summary>
    /// <exception cref="FormatException">The parts do not make a name.</exception>
    public static StreamName For(string category, string id) => Parse($"{category}-{id}", null);

    /// <inheritdoc/>
    public static StreamName Parse(string s, IFormatProvider? provider) =>
        TryParse(s, provider, out var name) ? name : throw new FormatException($"'{s}' is not a stream name.");

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out StreamName result)
    {
        var dash = s?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        var valid = s is not null && s.Length <= LengthMax && dash > 0 && dash < s.Length - 1 && s[0] != '$'
            && !HasBlanks(s);
        result = valid && s is not null ? new StreamName(s) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    // A loop: every event that is read names a stream.
    static bool HasBlanks(string s)
    {
        foreach (var c in s)
        {
            if (char.IsControl(c) || char.IsWhiteSpace(c))
            {
                return true;
            }
        }

        return false;
    }
}
