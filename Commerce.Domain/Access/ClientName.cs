using System.Collections.Frozen;

namespace Commerce.Domain.Access;

/// <summary>What a client of the API is called, in the log and in rate limits: the same however often its keys are changed.</summary>
public static class ClientName
{
    /// <summary>Characters at most.</summary>
    public const int LengthMax = 64;

    /// <summary>Who acts by itself in the house: a client of such a name could not be told from it in the log.</summary>
    public static readonly FrozenSet<string> Reserved = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "anonymous", "callbacks", "customers", "deadlines", "flash-sales", "import", "messaging", "ops", "payment-scan", "payments", "reconciliation", "saga", "sealer", "snapshots");

    /// <summary>Whether it is one: 1 to 64 ASCII letters, digits, dots, dashes and underscores.</summary>
    public static bool IsValid(string? text) =>
        text is { Length: > 0 and <= LengthMax } && text.All(c => char.IsAsciiLetterOrDigit(c) || "._-".Contains(c, StringComparison.Ordinal));
}
