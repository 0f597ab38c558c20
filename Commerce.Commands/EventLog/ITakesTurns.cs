using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog;

/// <summary>
/// A log whose nodes can take turns at a stream that several of them write to, in the order in which they ask. A turn saves appends in vain and
/// guards nothing: what is appended is fenced by the stream's revision, with a turn or without.
/// </summary>
public interface ITakesTurns
{
    /// <summary>Waits for this node's turn at a stream; it ends when it is disposed of. Never fails.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="cancellationToken">Waits no longer.</param>
    /// <returns>The turn; null: none came in time, or this node has as many as it may.</returns>
    Task<IAsyncDisposable?> TakeTurn(StreamName stream, CancellationToken cancellationToken);
}
