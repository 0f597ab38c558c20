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

    /// <summary>Relays that began to lead.</summary>
    public int Loads { get; private set; }

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
            Loads++;
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

/// <summary>A table made of the log that survives the host.</summary>
/// <param name="name">What it is called.</param>
abstract class KeptTable<TChange, TRow>(string name) : IFollowedTable<TChange>
{
    LogPosition _position;

    protected Lock Guard { get; } = new();

    protected Dictionary<StreamName, TRow> Rows { get; } = [];

    public Task<LogPosition> Load(CancellationToken cancellationToken)
    {
        lock (Guard)
        {
            return Task.FromResult(_position);
        }
    }

    public Task Apply(LogPosition from, LogPosition to, IReadOnlyCollection<TChange> changes, CancellationToken cancellationToken)
    {
        lock (Guard)
        {
            if (_position != from)
            {
                throw new FollowerOvertakenException(name, from);
            }

            _position = to;
            foreach (var change in changes)
            {
                Apply(change);
            }
        }

        return Task.CompletedTask;
    }

    protected abstract void Apply(TChange change);
}

/// <summary>Open deadlines that survive the host.</summary>
sealed class KeptDeadlines() : KeptTable<DeadlineChange, (Deadline Deadline, DateTimeOffset WakeAt)>("deadlines"), IDeadlineTable
{
    public IReadOnlyList<Deadline> Open
    {
        get
        {
            lock (Guard)
            {
                return [.. Rows.Values.Select(o => o.Deadline)];
            }
        }
    }

    public Task<IReadOnlyList<Deadline>> Due(DateTimeOffset now, int countMax, CancellationToken cancellationToken)
    {
        lock (Guard)
        {
            return Task.FromResult<IReadOnlyList<Deadline>>([.. Rows.Values.Where(o => o.WakeAt <= now).OrderBy(o => o.WakeAt).Take(countMax).Select(o => o.Deadline)]);
        }
    }

    public Task Woken(Deadline deadline, DateTimeOffset nextAt, CancellationToken cancellationToken)
    {
        lock (Guard)
        {
            if (Rows.ContainsKey(deadline.Stream))
            {
                Rows[deadline.Stream] = (deadline with { Wakings = deadline.Wakings + 1 }, nextAt);
            }
        }

        return Task.CompletedTask;
    }

    protected override void Apply(DeadlineChange change)
    {
        Rows.Remove(change.Stream);
        if (change is DeadlineChange.Set { Deadline: var deadline })
        {
            Rows[change.Stream] = (deadline, deadline.DueAt);
        }
    }
}

/// <summary>Sales that are not over, in memory.</summary>
sealed class KeptOpenSales() : KeptTable<OpenSale, OpenSale>("flash-sales"), IOpenSaleTable
{
    public int Count
    {
        get
        {
            lock (Guard)
            {
                return Rows.Count;
            }
        }
    }

    public Task<IReadOnlyList<OpenSale>> Opened(DateTimeOffset now, CancellationToken cancellationToken)
    {
        lock (Guard)
        {
            return Task.FromResult<IReadOnlyList<OpenSale>>([.. Rows.Values.Where(s => s.OpensAt <= now)]);
        }
    }

    public Task Remove(OpenSale sale, CancellationToken cancellationToken)
    {
        lock (Guard)
        {
            Rows.Remove(sale.Stream);
        }

        return Task.CompletedTask;
    }

    protected override void Apply(OpenSale sale) => Rows[sale.Stream] = sale;
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
