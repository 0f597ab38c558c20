using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon;

/// <summary>What waits to be projected, taken at once.</summary>
/// <param name="Events">Events in the order of the log.</param>
/// <param name="Reached">Everything up to here was looked at.</param>
sealed record EventBatch(IReadOnlyList<RecordedEvent> Events, LogPosition Reached)
{
    /// <summary>
    /// Takes what is there without waiting, up to the limits: one event at once when little happens, thousands under load.
    /// </summary>
    public static bool TryTake(ChannelReader<LogMessage> waiting, int eventsMax, int bytesMax, [NotNullWhen(true)] out EventBatch? batch)
    {
        var events = new List<RecordedEvent>();
        LogPosition? reached = null;
        for (long bytes = 0; events.Count < eventsMax && bytes < bytesMax && waiting.TryRead(out var message);)
        {
            switch (message)
            {
                case LogMessage.Appeared { Event: var e }:
                    events.Add(e);
                    bytes += e.Data.Length + e.Metadata.Length;
                    reached = e.Position;
                    break;
                case LogMessage.Reached { Position: var position }:
                    reached = position;
                    break;
                case LogMessage.CaughtUp { Position: var position }:
                    reached = position;
                    break;
                default:
                    break;
            }
        }

        batch = reached is { } to ? new EventBatch(events, to) : null;
        return batch is not null;
    }
}
