using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>An append on its way to the server, and the answer that its caller waits for.</summary>
sealed class BatchedAppend(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, long bytes)
    : TaskCompletionSource<BatchAppendResp>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    /// <summary>By it the server's answer is known.</summary>
    public Guid Correlation { get; } = Guid.NewGuid();

    public StreamName Stream => stream;

    public ExpectedRevision Expected => expected;

    public IReadOnlyList<NewEvent> Events => events;

    public long Bytes => bytes;

    /// <summary>When its caller began to wait, as a timestamp of the clock.</summary>
    public long Begun { get; set; }

    /// <summary>
    /// Newest position that was acknowledged when it was first sent, maybe by an earlier call for the same events: they lie
    /// after it or nowhere. Null: it was never sent.
    /// </summary>
    public LogPosition? SentAfter { get; set; }

    /// <summary>Whether the append has to be looked for before it is sent again: a server that was restarted knows ids of late no more, and writes twice at any revision.</summary>
    public bool NeedsSearch => expected.Revision is null && SentAfter is not null;

    /// <summary>Nobody waits for it any more.</summary>
    public bool Abandoned { get; set; }
}
