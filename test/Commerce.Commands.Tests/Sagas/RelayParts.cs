using System.Collections.Concurrent;
using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>A checkpoint that survives the host, and forgets what a crash would not have stored.</summary>
sealed class KeptCheckpoints : IRelayCheckpoints
{
    readonly Lock _lock = new();
    LogPosition _position;

    public bool IsFrozen { get; set; }

    public Task<LogPosition> Load(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_position);
        }
    }

    public Task Save(LogPosition position, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _position = IsFrozen || position < _position ? _position : position;
        }

        return Task.CompletedTask;
    }
}

/// <summary>The only process there is.</summary>
sealed class SoleLeadership : ILeadership
{
    public Task<ILease> Acquire(CancellationToken cancellationToken) => Task.FromResult<ILease>(new Lease());

    sealed class Lease : ILease
    {
        public CancellationToken Lost => CancellationToken.None;

        public ValueTask DisposeAsync() => default;
    }
}

sealed class KeptDeadLetters : IDeadLetters
{
    public ConcurrentQueue<DeadLetter> Letters { get; } = [];

    public Task Keep(DeadLetter letter, CancellationToken cancellationToken)
    {
        Letters.Enqueue(letter);
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<DeadLetter>> List(int count, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<DeadLetter>>([.. Letters.Take(count)]);
}
