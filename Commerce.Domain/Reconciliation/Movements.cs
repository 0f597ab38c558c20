using Commerce.Domain.Payments;

namespace Commerce.Domain.Reconciliation;

/// <summary>A movement of a payment by our own ids, which both sides know: days and clocks may differ, these do not.</summary>
/// <param name="Payment">Our id of the payment.</param>
/// <param name="Kind">What moves.</param>
/// <param name="Transfer">Our id of a capture or refund; null: there is only one of its kind.</param>
public readonly record struct MovementId(PaymentId Payment, PaymentMovement Kind, Guid? Transfer)
{
    /// <inheritdoc/>
    public override string ToString() => Transfer is { } transfer ? $"{Payment}/{Kind}/{transfer}" : $"{Payment}/{Kind}";
}

/// <summary>What became of a movement, as one side has it.</summary>
public enum MovementState
{
    /// <summary>Asked for and not answered; at the provider: not decided.</summary>
    Awaited,

    /// <summary>Asked for, and not waited for any more. Only our side gives up.</summary>
    GivenUp,

    /// <summary>The provider said no.</summary>
    Declined,

    /// <summary>The money moved.</summary>
    Done,
}

/// <summary>A movement as our log has it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Order">Whose order the payment is for.</param>
/// <param name="Amount">How much; of a void, what is let go.</param>
/// <param name="State">What became of it.</param>
/// <param name="At">When it came to that, UTC.</param>
public sealed record OwnMovement(MovementId Id, OrderId Order, Money Amount, MovementState State, DateTimeOffset At);

/// <summary>A movement as the provider has it.</summary>
/// <param name="Id">Which.</param>
/// <param name="Amount">How much; of a void, what was let go; null: it does not say.</param>
/// <param name="State">What became of it.</param>
/// <param name="Reference">The provider's own id of it; null: it gave none.</param>
/// <param name="At">When, by the provider's clock, UTC.</param>
public sealed record ProviderMovement(MovementId Id, Money? Amount, MovementState State, string? Reference, DateTimeOffset At);
