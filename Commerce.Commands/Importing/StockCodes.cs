using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Commerce.Domain;

namespace Commerce.Commands.Importing;

/// <summary>
/// Stock codes of the files as SKUs: a code stays as it is, letter case included; what a SKU cannot hold is written as a dot
/// and the two hexadecimal digits of each of its UTF-8 bytes, and so is a dot (<c>BANK CHARGES</c> is <c>BANK.20CHARGES</c>).
/// Two codes never become one SKU.
/// </summary>
static class StockCodes
{
    /// <summary>The SKU of a code without surrounding spaces; false for an empty code or one that is too long.</summary>
    public static bool TryMap(string code, [NotNullWhen(true)] out Sku? sku)
    {
        var text = code.All(IsPlain) ? code : Escape(code);
        sku = Sku.TryParse(text, null, out var value) ? value : null;
        return sku is not null;
    }

    static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';

    static string Escape(string code)
    {
        var text = new StringBuilder();
        foreach (var b in Encoding.UTF8.GetBytes(code))
        {
            _ = IsPlain((char)b) ? text.Append((char)b) : text.Append(CultureInfo.InvariantCulture, $".{b:X2}");
        }

        return text.ToString();
    }
}
