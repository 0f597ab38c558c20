using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>An append that waits for its group, and the answer that its caller waits for.</summary>
sealed class PendingAppend(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, long bytes)
    : TaskCompletionSource<AppendResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    volatile bool _abandoned;

    public StreamName Stream => stream;

    public ExpectedRevision Expected => expected;

    public IReadOnlyList<NewEvent> Events => events;

    public long Bytes => bytes;

    /// <summary>Nobody waits for it any more. Where no group has taken it yet, none will.</summary>
    public bool Abandoned => _abandoned;

    public void Abandon() => _abandoned = true;
}
