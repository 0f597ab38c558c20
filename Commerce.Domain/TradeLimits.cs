namespace Commerce.Domain;

/// <summary>Limits that more than one context keeps: what one of them writes, another has to be able to take.</summary>
public static class TradeLimits
{
    /// <summary>Lines of an order or a credit note at most; the longest invoice of a wholesaler's year has 1,114.</summary>
    public const int LinesMax = 2_000;

    /// <summary>Units of a line at most.</summary>
    public const int QuantityMax = 1_000_000_000;

    /// <summary>Characters of a product's name at most, in the catalogue and wherever it is sold.</summary>
    public const int ProductNameLengthMax = 200;

    /// <summary>Characters of a country at most: names as people write them, or codes.</summary>
    public const int CountryLengthMax = 64;

    /// <summary>Characters of a payment token at most, on the order that brings it and the payment that uses it.</summary>
    public const int PaymentTokenLengthMax = 200;
}
