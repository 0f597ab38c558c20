using System.Collections.Immutable;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;

namespace Commerce.Domain.Tests.Reconciliation;

/// <summary>One payment in both books. Ours is kept by the aggregate itself, the provider's line by line.</summary>
sealed class TwoBooks
{
    readonly List<ProviderMovement> _theirs = [];
    Payment _payment = Payment.None;
    PaymentLedger _ledger;
    int _references;

    public TwoBooks(OrderId order, decimal amount, DateTimeOffset at, DateTimeOffset? until = null)
    {
        (Id, Amount) = (PaymentId.For(order), new Money(amount, Currency.Of("GBP")));
        _ledger = PaymentLedger.Of(Id);
        Ours(new PaymentCommand.Request(order, Amount, null, until), at);
    }

    public PaymentId Id { get; }

    public Money Amount { get; }

    public MovementId Authorisation => new(Id, PaymentMovement.Authorisation, null);

    public MovementId Voiding => new(Id, PaymentMovement.Void, null);

    public IEnumerable<OwnMovement> Own => _ledger.Movements.Values;

    public ImmutableArray<ProviderMovement> Their => [.. _theirs];

    /// <summary>Something happens to our payment, as the aggregate allows.</summary>
    public TwoBooks Ours(PaymentCommand command, DateTimeOffset at)
    {
        var decision = Payment.Decide(command, _payment);
        Assert.That(decision.Rejection, Is.Null, $"{command}");
        foreach (var @event in decision.Events)
        {
            (_payment, _ledger) = (Payment.Evolve(_payment, @event), _ledger.After(@event, at));
        }

        return this;
    }

    /// <summary>The provider does something, or says that it did.</summary>
    public TwoBooks Theirs(MovementId movement, DateTimeOffset at, Money? amount = null, MovementState state = MovementState.Done)
    {
        _theirs.Add(new(movement, amount ?? Amount, state, state == MovementState.Done ? $"ref-{++_references}" : null, at));
        return this;
    }

    /// <summary>The provider loses its books of this payment.</summary>
    public TwoBooks ForgetTheirs(MovementId movement)
    {
        _theirs.RemoveAll(t => t.Id == movement);
        return this;
    }

    public TwoBooks Authorised(DateTimeOffset at) => Ours(new PaymentCommand.Authorise("a"), at).Theirs(Authorisation, at);

    public MovementId Capture(int n) => new(Id, PaymentMovement.Capture, new Guid(n, 1, 0, new byte[8]));

    public MovementId Refund(int n) => new(Id, PaymentMovement.Refund, new Guid(n, 2, 0, new byte[8]));

    public TwoBooks Captured(int n, decimal amount, DateTimeOffset at) => CaptureAsked(n, amount, at)
        .Ours(new PaymentCommand.Capture(Capture(n).Transfer ?? default, "c"), at).Theirs(Capture(n), at, In(amount));

    public TwoBooks CaptureAsked(int n, decimal amount, DateTimeOffset at) => Ours(new PaymentCommand.RequestCapture(Capture(n).Transfer ?? default, In(amount)), at);

    public TwoBooks RefundAsked(int n, decimal amount, DateTimeOffset at) => Ours(new PaymentCommand.RequestRefund(Refund(n).Transfer ?? default, In(amount)), at);

    public TwoBooks Refunded(int n, decimal amount, DateTimeOffset at) => RefundAsked(n, amount, at)
        .Ours(new PaymentCommand.Refund(Refund(n).Transfer ?? default, "r"), at).Theirs(Refund(n), at, In(amount));

    public Money In(decimal amount) => Amount with { Amount = amount };

    /// <summary>Repairs as the rules say.</summary>
    public void Repair(Difference difference, DateTimeOffset at)
    {
        PaymentCommand command = (difference.Movement.Kind, difference.There) switch
        {
            (PaymentMovement.Authorisation, MovementState.Declined) => new PaymentCommand.Decline("no"),
            (PaymentMovement.Authorisation, _) => new PaymentCommand.Authorise("late"),
            (PaymentMovement.Capture, _) => new PaymentCommand.Capture(difference.Movement.Transfer ?? default, "c"),
            (PaymentMovement.Refund, _) => new PaymentCommand.Refund(difference.Movement.Transfer ?? default, "r"),
            _ => new PaymentCommand.Void("v"),
        };
        Ours(command, at);
    }
}
