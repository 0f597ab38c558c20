namespace Commerce.Commands.Sagas;

/// <summary>
/// Facts that travel together because they waited together: one message on the broker, one confirm. They are of many orders, and
/// each is handled, tried again and given up for itself.
/// </summary>
public sealed record FactBatch
{
    /// <summary>The facts; those of one order in the order of the log.</summary>
    public BatchedFact[] Facts { get; init; } = [];
}

/// <summary>A fact of a batch.</summary>
public sealed record BatchedFact : FactMessage
{
    /// <summary>The event's id, which as a message of its own would be the message's.</summary>
    public Guid EventId { get; init; }
}
