namespace Commerce.Commands.Payments.Callbacks;

/// <summary>What became of a callback that was kept.</summary>
public enum CallbackState
{
    /// <summary>Not applied yet: it has just come, or speaks of what the log does not know yet.</summary>
    Waiting,

    /// <summary>The log has what it says.</summary>
    Applied,

    /// <summary>It does not agree with the log, or speaks of what never became known: for a person.</summary>
    Contradicting,

    /// <summary>It is signed as it should be and says nothing that we understand: for a person.</summary>
    Unreadable,
}

/// <summary>A callback as it was kept before it was answered.</summary>
/// <param name="Provider">Who sent it.</param>
/// <param name="Id">Its <c>webhook-id</c>: the same again is the same callback.</param>
/// <param name="Body">What was signed, byte for byte.</param>
/// <param name="ReceivedAt">When it came first.</param>
/// <param name="State">What became of it.</param>
public sealed record KeptCallback(string Provider, string Id, ReadOnlyMemory<byte> Body, DateTimeOffset ReceivedAt, CallbackState State)
{
    /// <summary>Its place among all that were kept, in the order in which they came.</summary>
    public long Sequence { get; init; }

    /// <summary>Times that it was tried to apply it.</summary>
    public int Tries { get; init; }

    /// <summary>When it is tried next, while it waits.</summary>
    public DateTimeOffset? TryAt { get; init; }

    /// <summary>When it stopped waiting.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>Why it waits or contradicts; stable.</summary>
    public string? Code { get; init; }

    /// <summary>The same in one sentence.</summary>
    public string? Detail { get; init; }
}
