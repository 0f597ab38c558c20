using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog;

/// <summary>An append among others.</summary>
/// <param name="Stream">Where to.</param>
/// <param name="Expected">What it demands of its stream.</param>
/// <param name="Events">Its events.</param>
public sealed record StreamAppend(StreamName Stream, ExpectedRevision Expected, IReadOnlyList<NewEvent> Events);

/// <summary>A log that takes appends to many streams at once and gives them positions in the order in which they come.</summary>
public interface IAppendsInOrder
{
    /// <summary>
    /// Appends all that meet their demands, in this order, durably and at once: whoever cuts it short finds all of them or none.
    /// An id occurs once among them.
    /// </summary>
    /// <returns>How each went.</returns>
    /// <exception cref="AppendTooLargeException">One of them is over the limits.</exception>
    /// <exception cref="EventLogUnavailableException">The log does not answer; the same again settles what became of them.</exception>
    Task<IReadOnlyList<AppendResult>> AppendInOrder(IReadOnlyList<StreamAppend> appends, CancellationToken cancellationToken);
}
