namespace Commerce.Domain.Payments;

/// <summary>What a provider does with a payment's money.</summary>
public enum PaymentMovement
{
    /// <summary>It holds the amount.</summary>
    Authorisation,

    /// <summary>It takes a part of what it holds.</summary>
    Capture,

    /// <summary>It lets go of what it holds.</summary>
    Void,

    /// <summary>It gives back a part of what it took.</summary>
    Refund,
}
