using System.Runtime.CompilerServices;
using Commerce.Domain.Log;

namespace Commerce.Api.Tests.Grpc;

/// <summary>A log that knows its followers: what each was handed, and when it has left.</summary>
sealed class FollowedLog(IEventLog log) : IEventLog
{
    readonly Lock _lock = new();
    readonly List<Follower> _followers = [];

    /// <summary>They that have come, one after the other.</summary>
    public IReadOnlyList<Follower> Followers
    {
        get
        {
            lock (_lock)
            {
                return [.. _followers];
            }
        }
    }

    public async IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var follower = new Follower();
        lock (_lock)
        {
            _followers.Add(follower);
        }

        try
        {
            await foreach (var message in log.Subscribe(after, filter, cancellationToken))
            {
                follower.Handed();
                yield return message;
            }
        }
        finally
        {
            follower.Leave();
        }
    }

    public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken) =>
        log.Append(stream, expected, events, cancellationToken);

    public IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, CancellationToken cancellationToken) =>
        log.ReadStream(stream, direction, from, count, cancellationToken);

    public IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken) =>
        log.ReadAll(after, filter, count, cancellationToken);

    public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);

    /// <summary>One that follows the log.</summary>
    public sealed class Follower
    {
        readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
        int _messages;

        /// <summary>Messages that it was handed.</summary>
        public int Messages => Volatile.Read(ref _messages);

        /// <summary>Done when it holds nothing of the log any more.</summary>
        public Task Left => _left.Task;

        /// <summary>Counts a message.</summary>
        public void Handed() => Interlocked.Increment(ref _messages);

        /// <summary>It reads no more.</summary>
        public void Leave() => _left.TrySetResult();
    }
}
