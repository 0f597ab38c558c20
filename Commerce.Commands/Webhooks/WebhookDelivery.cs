using Commerce.Domain.Log;

namespace Commerce.Commands.Webhooks;

/// <summary>Where a delivery stands.</summary>
public enum WebhookDeliveryState
{
    /// <summary>It is to be sent, or sent again.</summary>
    Waiting,

    /// <summary>The receiver took it.</summary>
    Delivered,

    /// <summary>It was given up after the last try.</summary>
    Failed,
}

/// <summary>One event on its way to one subscription.</summary>
/// <param name="Event">Id of the event, and of the delivery.</param>
/// <param name="Position">The event's place in the log.</param>
/// <param name="Stream">Its stream.</param>
/// <param name="Revision">Its place there.</param>
/// <param name="Type">Its name.</param>
/// <param name="Order">What it is in order with: an order, or its stream.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Attempts">How often it was tried.</param>
/// <param name="DueAt">When it is tried next.</param>
public sealed record WebhookDelivery(
    Guid Event, LogPosition Position, StreamName Stream, long Revision, string Type, string Order, WebhookDeliveryState State, int Attempts, DateTimeOffset DueAt)
{
    /// <summary>When it was tried last; null: never.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>What the receiver answered then; null: nothing.</summary>
    public int? LastStatus { get; init; }

    /// <summary>Why that try failed; null: it did not.</summary>
    public string? LastError { get; init; }

    /// <summary>A new one.</summary>
    public static WebhookDelivery Of(RecordedEvent recorded, string order, DateTimeOffset now) =>
        new(recorded.Id, recorded.Position, recorded.Stream, recorded.Revision, recorded.Type, order, WebhookDeliveryState.Waiting, 0, now);

    /// <summary>After a try: taken, due again later, or given up after the last one.</summary>
    public WebhookDelivery After(WebhookAnswer answer, DateTimeOffset now)
    {
        var attempts = Attempts + 1;
        var isLast = attempts >= WebhookOptions.Tries.Count;
        return this with
        {
            State = answer.IsTaken ? WebhookDeliveryState.Delivered : isLast ? WebhookDeliveryState.Failed : WebhookDeliveryState.Waiting,
            Attempts = attempts,
            DueAt = answer.IsTaken || isLast ? now : now + WithJitter(WebhookOptions.Tries[attempts]),
            LastAt = now,
            LastStatus = answer.Status,
            LastError = answer.Error,
        };
    }

    /// <summary>Tried, and to be tried at the same point again: the receiver wants none of them for now.</summary>
    public WebhookDelivery Put(WebhookAnswer answer, DateTimeOffset now) => this with { LastAt = now, LastStatus = answer.Status, LastError = answer.Error };

    // Up to a tenth more, by the event's id: what failed together does not come back together, and a test knows when.
    TimeSpan WithJitter(TimeSpan pause) => pause * (1 + ((uint)Event.GetHashCode() % 1_000 / 10_000.0));
}
