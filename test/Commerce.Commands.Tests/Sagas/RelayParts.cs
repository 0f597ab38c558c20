using Commerce.Commands.FlashSales;
using System.Collections.Immutable;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Commands.Sagas.Deadlines;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>A checkpoint that survives the host, and forgets what a crash would not have stored.</summary>
sealed class KeptCheckpoints : IRelayCheckpoints
{
    readonly Lock _lock = new();
    LogPosition _position;

    public bool IsFrozen { get; set; }

    /// <summary>As if nothing was ever carried to the bus.</summary>
    public void Forget()
    {
        lock (_lock)
        {
            _position = LogPosition.Start;
        }
    }

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

/// <summary>Open deadlines that survive the host.</summary>
sealed class KeptDeadlines : IDeadlineTable
{
    readonly Lock _lock = new();
    readonly Dictionary<StreamName, (Deadline Deadline, DateTimeOffset WakeAt)> _open = [];
    LogPosition _position;

    public IReadOnlyList<Deadline> Open
    {
        get
        {
            lock (_lock)
            {
                return [.. _open.Values.Select(o => o.Deadline)];
            }
        }
    }

    public Task<LogPosition> Load(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_position);
        }
    }

    public Task Apply(LogPosition from, LogPosition to, IReadOnlyCollection<DeadlineChange> changes, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_position != from)
            {
                throw new FollowerOvertakenException("deadlines", from);
            }

            _position = to;
            foreach (var change in changes)
            {
                _open.Remove(change.Stream);
                if (change is DeadlineChange.Set { Deadline: var deadline })
                {
                    _open[change.Stream] = (deadline, deadline.DueAt);
                }
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<Deadline>> Due(DateTimeOffset now, int countMax, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<Deadline>>([.. _open.Values.Where(o => o.WakeAt <= now).OrderBy(o => o.WakeAt).Take(countMax).Select(o => o.Deadline)]);
        }
    }

    public Task Woken(Deadline deadline, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_open.ContainsKey(deadline.Stream))
            {
                _open[deadline.Stream] = (deadline with { Wakings = deadline.Wakings + 1 }, nextAt);
            }
        }

        return Task.CompletedTask;
    }
}

/// <summary>Sales that are not over, in memory.</summary>
sealed class KeptOpenSales : IOpenSaleTable
{
    readonly Lock _lock = new();
    readonly Dictionary<StreamName, OpenSale> _open = [];
    LogPosition _position;

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    public Task<LogPosition> Load(CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult(_position);
        }
    }

    public Task Apply(LogPosition from, LogPosition to, IReadOnlyCollection<OpenSale> changes, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_position != from)
            {
                throw new FollowerOvertakenException("flash-sales", from);
            }

            _position = to;
            foreach (var sale in changes)
            {
                _open[sale.Stream] = sale;
            }
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<OpenSale>> Opened(DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return Task.FromResult<IReadOnlyList<OpenSale>>([.. _open.Values.Where(s => s.OpensAt <= now)]);
        }
    }

    public Task Remove(OpenSale sale, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            _open.Remove(sale.Stream);
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

/// <summary>The dead letters of one shop.</summary>
sealed class ShopLetters(DeadLetterDesk desk, string queuePrefix)
{
    /// <summary>Those that are not settled first, then the oldest first.</summary>
    public ImmutableList<KeptLetter> Letters =>
        [.. desk.List(null, null, 1_000, default).GetAwaiter().GetResult().Where(l => l.Queue.StartsWith(queuePrefix, StringComparison.Ordinal))];

    public DeadLetterDesk Desk => desk;
}
