using System.Diagnostics;
using Commerce.Domain.Customers;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>A customer as the log has them: what is personal is encrypted here as well, and gone once they are erased.</summary>
public sealed record CustomerView : IDocument<string>
{
    /// <summary>Their id.</summary>
    public required string Id { get; init; }

    /// <summary>Encrypted details, as they were registered; null once they are erased.</summary>
    public PersonalData? Details { get; init; }

    /// <summary>Encrypted address, where they have moved since.</summary>
    public PersonalData? Address { get; init; }

    /// <summary>Encrypted name and ways to reach them, where they were corrected since.</summary>
    public PersonalData? Contact { get; init; }

    /// <summary>When they were registered.</summary>
    public DateTimeOffset RegisteredAt { get; init; }

    /// <summary>When they last changed.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>Since when nothing of them is shown; null: they are not erased.</summary>
    public DateTimeOffset? ErasedAt { get; init; }

    /// <summary>Why they are erased.</summary>
    public ErasureReason? ErasureReason { get; init; }

    /// <summary>Who asked for it.</summary>
    public ErasureParty? ErasureAskedBy { get; init; }

    /// <summary>Revision of the customer's stream: its ETag.</summary>
    public long Revision { get; init; }

    /// <summary>Place in the log of the last event in it.</summary>
    public long Position { get; init; }

    /// <summary>The customer after an event.</summary>
    public static CustomerView? Apply(CustomerView? customer, ProjectedEvent e)
    {
        var next = e.Event switch
        {
            CustomerEvent.Registered x => new CustomerView { Id = x.Customer.Value, Details = x.Details, RegisteredAt = e.OccurredAt },
            CustomerEvent.AddressChanged x => customer is null ? null : customer with { Address = x.Address },
            CustomerEvent.ContactCorrected x => customer is null ? null : customer with { Contact = x.Contact },
            CustomerEvent.ErasureRequested x => customer is null ? null : customer with { Details = null, Address = null, Contact = null, ErasedAt = e.OccurredAt, ErasureReason = x.Reason, ErasureAskedBy = x.AskedBy },
            CustomerEvent.Erased => customer,
            _ => throw new UnreachableException($"{e.Event.GetType()} is no event of a customer."),
        };
        return next is null ? null : next with { ChangedAt = e.OccurredAt, Revision = e.Recorded.Revision, Position = e.Position };
    }
}
