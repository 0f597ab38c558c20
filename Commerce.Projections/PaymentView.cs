using System.Diagnostics;
using Commerce.Domain;
using Commerce.Domain.Payments;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>The payment of one order, as people read it. 0 &lt;= Refunded &lt;= Captured &lt;= Authorised.</summary>
public sealed record PaymentView : IDocument<Guid>
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The order that it pays.</summary>
    public required Guid Order { get; init; }

    /// <summary>Where it stands.</summary>
    public required PaymentStatus Status { get; init; }

    /// <summary>What was asked for.</summary>
    public required Money Amount { get; init; }

    /// <summary>What the provider holds or held for us; zero unless it said yes.</summary>
    public required Money Authorised { get; init; }

    /// <summary>What the provider took.</summary>
    public required Money Captured { get; init; }

    /// <summary>What the provider gave back.</summary>
    public required Money Refunded { get; init; }

    /// <summary>The provider's reference of the authorisation.</summary>
    public string? Reference { get; init; }

    /// <summary>Why the provider said no.</summary>
    public string? DeclineCode { get; init; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset RequestedAt { get; init; }

    /// <summary>When it last changed.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Revision of the payment's stream: its ETag.</summary>
    public long Revision { get; init; }

    /// <summary>Place in the log of the last event in it.</summary>
    public long Position { get; init; }

    /// <summary>The payment after an event.</summary>
    /// <exception cref="InvalidOperationException">An event of a payment that nobody requested: the stream is broken.</exception>
    public static PaymentView Apply(PaymentView? payment, ProjectedEvent e)
    {
        if (e.Event is PaymentEvent.Requested requested)
        {
            return Requested(requested, e);
        }

        var before = payment ?? throw new InvalidOperationException($"{e.Recorded.Stream} does not begin with a request.");
        var next = e.Event switch
        {
            PaymentEvent.Authorised x => before with { Status = PaymentStatus.Authorised, Authorised = before.Amount, Reference = x.Reference },
            PaymentEvent.AuthorisedLate x => before with { Status = PaymentStatus.Authorised, Authorised = before.Amount, Reference = x.Reference },
            PaymentEvent.Declined x => before with { Status = PaymentStatus.Declined, DeclineCode = x.Code },
            PaymentEvent.Expired => before with { Status = PaymentStatus.Expired },
            PaymentEvent.CaptureRequested or PaymentEvent.RefundRequested => before,
            PaymentEvent.Captured x => before with { Captured = before.Captured + x.Amount },
            PaymentEvent.VoidRequested => before with { Status = PaymentStatus.Voiding },
            PaymentEvent.Voided => before with { Status = PaymentStatus.Voided },
            PaymentEvent.Refunded x => before with { Refunded = before.Refunded + x.Amount },
            _ => throw new UnreachableException($"{e.Event.GetType()} is no event of a payment."),
        };
        return next with { ChangedAt = e.OccurredAt, Revision = e.Recorded.Revision, Position = e.Position };
    }

    static PaymentView Requested(PaymentEvent.Requested requested, ProjectedEvent e)
    {
        var zero = Money.Zero(requested.Amount.Currency);
        return new PaymentView
        {
            Id = PaymentId.Parse(e.Recorded.Stream.IdSpan()).Value,
            Order = requested.Order.Value,
            Status = PaymentStatus.Requested,
            Amount = requested.Amount,
            Authorised = zero,
            Captured = zero,
            Refunded = zero,
            RequestedAt = e.OccurredAt,
            ChangedAt = e.OccurredAt,
            Revision = e.Recorded.Revision,
            Position = e.Position,
        };
    }
}
