using Commerce.Domain;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>A movement of a day that the provider and our log do not agree on, or did not.</summary>
public sealed record ReconciliationDifferenceView : IDocument<string>
{
    /// <summary>Day and movement.</summary>
    public required string Id { get; init; }

    /// <summary>The day, <c>yyyy-MM-dd</c>.</summary>
    public required string Date { get; init; }

    /// <summary>The last run of that day that saw it.</summary>
    public int Run { get; init; }

    /// <summary>In what they differ.</summary>
    public DifferenceClass Class { get; init; }

    /// <summary>What became of it.</summary>
    public DifferenceFate Fate { get; init; }

    /// <summary>Whether a later run of the day did not find it any more.</summary>
    public bool IsGone { get; init; }

    /// <summary>The command's outcome, or why a person has to look.</summary>
    public string? Note { get; init; }

    /// <summary>What moves.</summary>
    public PaymentMovement Movement { get; init; }

    /// <summary>Our id of the payment.</summary>
    public Guid Payment { get; init; }

    /// <summary>Our id of a capture or refund.</summary>
    public Guid? Transfer { get; init; }

    /// <summary>Whose order; null: our log does not know the payment.</summary>
    public Guid? Order { get; init; }

    /// <summary>What the order says of it, where that is the difference; null: the two sides differ.</summary>
    public OrderWord? OrderSays { get; init; }

    /// <summary>How much the order wants to move.</summary>
    public Money? OrderAmount { get; init; }

    /// <summary>What our log says; null: nothing.</summary>
    public MovementState? Here { get; init; }

    /// <summary>How much, by our log.</summary>
    public Money? AmountHere { get; init; }

    /// <summary>What the provider says; null: nothing.</summary>
    public MovementState? There { get; init; }

    /// <summary>How much, by the provider.</summary>
    public Money? AmountThere { get; init; }

    /// <summary>The provider's own id of it.</summary>
    public string? Reference { get; init; }

    /// <summary>When it moved.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>Place in the log of the last event in it.</summary>
    public long Position { get; init; }

    /// <summary>The difference that an event is about; null: about none.</summary>
    public static MovementId? MovementOf(object @event) => @event switch
    {
        ReconciliationEvent.DifferenceFound e => e.Difference.Movement,
        ReconciliationEvent.DifferenceSeenAgain e => e.Movement,
        ReconciliationEvent.DifferenceRepaired e => e.Movement,
        ReconciliationEvent.DifferenceLeft e => e.Movement,
        ReconciliationEvent.DifferenceGone e => e.Movement,
        _ => null,
    };

    /// <summary>Id of the difference that an event is about.</summary>
    public static string IdOf(ProjectedEvent e) => $"{e.Recorded.Stream.Id}/{MovementOf(e.Event)}";

    /// <summary>The difference after an event.</summary>
    /// <exception cref="InvalidOperationException">An event of a difference that nobody found: the stream is broken.</exception>
    public static ReconciliationDifferenceView Apply(ReconciliationDifferenceView? difference, ProjectedEvent e)
    {
        if (e.Event is ReconciliationEvent.DifferenceFound found)
        {
            return Found(found, e);
        }

        var before = difference ?? throw new InvalidOperationException($"{e.Recorded.Stream} speaks of a difference that was not found.");
        var next = e.Event switch
        {
            ReconciliationEvent.DifferenceSeenAgain x => before with { Run = x.Run },
            ReconciliationEvent.DifferenceRepaired x => before with { Fate = DifferenceFate.Repaired, Note = x.Outcome },
            ReconciliationEvent.DifferenceLeft x => before with { Fate = DifferenceFate.Left, Note = x.Reason },
            ReconciliationEvent.DifferenceGone => before with { IsGone = true },
            _ => before,
        };
        return next with { Position = e.Position };
    }

    static ReconciliationDifferenceView Found(ReconciliationEvent.DifferenceFound found, ProjectedEvent e)
    {
        var d = found.Difference;
        return new()
        {
            Id = IdOf(e),
            Date = e.Recorded.Stream.Id,
            Run = found.Run,
            Class = d.Class,
            Fate = DifferenceFate.Found,
            Movement = d.Movement.Kind,
            Payment = d.Movement.Payment.Value,
            Transfer = d.Movement.Transfer,
            Order = d.Order?.Value,
            OrderSays = d.Demand?.Word,
            OrderAmount = d.Demand?.Amount,
            Here = d.Here,
            AmountHere = d.AmountHere,
            There = d.There,
            AmountThere = d.AmountThere,
            Reference = d.Reference,
            At = d.At,
            Position = e.Position,
        };
    }
}
