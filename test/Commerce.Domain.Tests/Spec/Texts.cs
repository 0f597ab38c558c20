namespace Commerce.Domain.Tests.Spec;

/// <summary>Texts that cannot be kept.</summary>
static class Texts
{
    public static readonly string?[] Invalid = [null, "", "   ", "a\0b", "line\nbreak", "half \ud83d", "\udc00", "\u0085"];

    /// <summary>A null where the type says there is none: what a caller without nullable reference types may pass.</summary>
    public static string OrNull(string? text) => text ?? (new string[1])[0];

    public static string OfLength(int length) => new('x', length);
}
