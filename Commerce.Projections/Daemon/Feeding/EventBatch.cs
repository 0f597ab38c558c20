using Commerce.Domain.Log;

namespace Commerce.Projections.Daemon.Feeding;

/// <summary>What waits to be projected, taken at once.</summary>
/// <param name="Events">Events that the projection reads, in the order of the log.</param>
/// <param name="Reached">Everything up to here was looked at.</param>
/// <param name="Bytes">Of the stretches of the log that it is taken from.</param>
sealed record EventBatch(IReadOnlyList<LoggedEvent> Events, LogPosition Reached, long Bytes);
