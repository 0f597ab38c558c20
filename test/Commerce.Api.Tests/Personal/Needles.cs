using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Commerce.Api.Tests.Personal;

/// <summary>Texts that must not be found, in every form in which they could lie somewhere: as they are, escaped, as hexadecimal and base64, and hashed without a key.</summary>
sealed class Needles
{
    readonly List<(string Name, byte[] Bytes)> _forms;

    public Needles(params IEnumerable<string> secrets) => _forms = [.. secrets.SelectMany(Forms)];

    /// <summary>Which forms lie in the bytes.</summary>
    public IEnumerable<string> FoundIn(byte[] hay) =>
        _forms.Where(form => hay.AsSpan().IndexOf(form.Bytes) >= 0).Select(form => form.Name);

    static IEnumerable<(string Name, byte[] Bytes)> Forms(string secret)
    {
        var utf8 = Encoding.UTF8.GetBytes(secret);
        yield return ($"'{secret}'", utf8);
        yield return ($"'{secret}' in UTF-16", Encoding.Unicode.GetBytes(secret));
        foreach (var (name, text) in Texts(secret, utf8).Where(t => t.Text != secret))
        {
            yield return ($"'{secret}' {name}", Encoding.ASCII.GetBytes(text));
        }

        var hash = SHA256.HashData(utf8);
        yield return ($"SHA-256 of '{secret}'", hash);
        foreach (var (name, text) in Texts(null, hash))
        {
            yield return ($"SHA-256 of '{secret}' {name}", Encoding.ASCII.GetBytes(text));
        }
    }

    static IEnumerable<(string Name, string Text)> Texts(string? text, byte[] bytes)
    {
        if (text is not null)
        {
            yield return ("in JSON", JsonEncodedText.Encode(text).ToString());
            yield return ("in an address", Uri.EscapeDataString(text));
        }

        yield return ("in hexadecimal", Convert.ToHexStringLower(bytes));
        yield return ("in hexadecimal", Convert.ToHexString(bytes));
        for (var before = 0; before < 3; before++)
        {
            var base64 = InBase64(bytes, before);
            yield return ("in base64", base64);
            yield return ("in base64url", base64.Replace('+', '-').Replace('/', '_'));
        }
    }

    // What base64 makes of bytes depends on how many stand before them; its outermost characters also on which.
    static string InBase64(byte[] bytes, int before)
    {
        var whole = Convert.ToBase64String([.. new byte[before], .. bytes]);
        var first = ((before * 8) + 5) / 6;
        var end = (before + bytes.Length) * 8 / 6;
        return whole[first..end];
    }
}
