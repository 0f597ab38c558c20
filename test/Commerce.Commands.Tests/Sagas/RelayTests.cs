using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>What receivers hear of the log, whatever confirm is lost and whoever leads.</summary>
[TestFixture]
public sealed class RelayTests
{
    const int Orders = 5;
    const int EventsOfAnOrder = 12;

    /// <summary>Of so many sends one goes wrong.</summary>
    const int FailsOneIn = 7;

    /// <summary>So few travel together that there are some sends to fail.</summary>
    const int BatchFactsMax = 3;

    /// <summary>After so many sends another relay leads.</summary>
    const int SendsOfALead = 5;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Test]
    public async Task An_order_is_heard_of_without_a_gap_and_in_order_whatever_send_or_confirm_fails([Range(1, 20)] int seed)
    {
        var receiver = new Receiver(new Random(seed), FailsOneIn);
        var log = await FilledLog.Open();
        await Relay(log, receiver, new KeptCheckpoints(), new SoleLeadership());

        Assert.That(receiver.Faults, Is.Positive);
        AssertHeard(log, receiver);
    }

    [Test]
    public async Task Nor_does_a_change_of_leaders_in_the_middle_make_one([Range(1, 20)] int seed)
    {
        using var turns = new Turns();
        var receiver = new Receiver(new Random(seed), FailsOneIn) { Heard = sends => turns.Next(sends % SendsOfALead == 0) };
        var log = await FilledLog.Open();
        var checkpoints = new KeptCheckpoints();
        await Task.WhenAll(Relay(log, receiver, checkpoints, turns), Relay(log, receiver, checkpoints, turns));

        Assert.That(turns.Count, Is.GreaterThan(1));
        AssertHeard(log, receiver);
    }

    [Test]
    public async Task A_send_that_never_ends_is_given_up_when_its_time_is_over_and_done_again()
    {
        var receiver = new Receiver(new Random(1), failsOneIn: int.MaxValue) { HangsFirst = true };
        var log = await FilledLog.Open();
        await Relay(log, receiver, new KeptCheckpoints(), new SoleLeadership());

        var first = receiver.Deliveries.Where(d => d.Event.Id == receiver.Deliveries[0].Event.Id).ToList();
        Assert.That(first, Has.Count.EqualTo(2));
        Assert.That(TimeProvider.System.GetElapsedTime(first[0].At, first[1].At), Is.GreaterThan(HastyTime.Of(new SagaOptions().SendTimeMax)));
        AssertHeard(log, receiver);
    }

    /// <summary>A relay from its start until the checkpoint is at the log's end.</summary>
    static async Task Relay(FilledLog log, Receiver receiver, KeptCheckpoints checkpoints, ILeadership leadership)
    {
        using var relay = new EventRelay(log.Log, receiver, new Watched(checkpoints, position => receiver.See(position, log.Events)), leadership, new Consumption(), new SagaOptions { BatchFactsMax = BatchFactsMax }, new HastyTime(), NullLogger<EventRelay>.Instance);
        await relay.StartAsync(default);
        using var patience = new CancellationTokenSource(Patience);
        while (await checkpoints.Load(default) < log.Events[^1].Position)
        {
            await Task.Delay(1, patience.Token);
        }

        await relay.StopAsync(default);
    }

    static void AssertHeard(FilledLog log, Receiver receiver)
    {
        foreach (var order in log.Events.GroupBy(e => e.Stream))
        {
            var heard = receiver.Deliveries.Where(d => d.IsTaken && d.Event.Stream == order.Key).Select(d => d.Event.Revision).Distinct();
            Assert.That(heard, Is.EqualTo(order.Select(e => e.Revision)), "the first time that each is heard of");
        }

        Assert.That(receiver.ForgottenByCheckpoint, Is.Empty);
    }

    /// <summary>Takes what is sent, but for some: those are lost on the way, or their confirm is, or nobody ever says anything.</summary>
    sealed class Receiver(Random random, int failsOneIn) : IFactSender
    {
        readonly Lock _lock = new();
        readonly List<Delivery> _deliveries = [];
        readonly HashSet<Guid> _confirmed = [];
        int _sends;
        int _faults;

        public Task Started => Task.CompletedTask;

        public bool ForgetsInCrash => false;

        public bool HangsFirst { get; init; }

        public Action<int> Heard { get; init; } = _ => { };

        public int Faults => Volatile.Read(ref _faults);

        public List<RecordedEvent> ForgottenByCheckpoint { get; } = [];

        public IReadOnlyList<Delivery> Deliveries
        {
            get
            {
                lock (_lock)
                {
                    return [.. _deliveries];
                }
            }
        }

        public async Task Send(Consumers consumer, IReadOnlyList<Fact> facts, CancellationToken cancellationToken)
        {
            Fault fault;
            lock (_lock)
            {
                _sends++;
                fault = HangsFirst && _sends == 1 ? Fault.Hangs : _sends % failsOneIn == 0 ? (Fault)random.Next(1, 4) : Fault.None;
                _deliveries.AddRange(facts.Select(f => new Delivery(f.Event, fault != Fault.IsLost, TimeProvider.System.GetTimestamp())));
                _faults += fault == Fault.None ? 0 : 1;
                Heard(_sends);
            }

            await Task.Yield();
            switch (fault)
            {
                case Fault.IsLost or Fault.ConfirmIsLost:
                    throw new InvalidOperationException($"{fault}.");
                case Fault.Hangs:
                    await new TaskCompletionSource().Task;
                    break;
            }

            lock (_lock)
            {
                _confirmed.UnionWith(facts.Select(f => f.Event.Id));
            }
        }

        /// <summary>Holds a checkpoint against what was confirmed.</summary>
        public void See(LogPosition checkpoint, IEnumerable<RecordedEvent> events)
        {
            lock (_lock)
            {
                ForgottenByCheckpoint.AddRange(events.Where(e => e.Position <= checkpoint && !_confirmed.Contains(e.Id)));
            }
        }

        enum Fault
        {
            None,
            IsLost,
            ConfirmIsLost,
            Hangs,
        }
    }

    sealed record Delivery(RecordedEvent Event, bool IsTaken, long At);

    /// <summary>A log of some orders whose events take turns.</summary>
    sealed class FilledLog(InMemoryEventLog log, IReadOnlyList<RecordedEvent> events)
    {
        public IEventLog Log => log;

        public IReadOnlyList<RecordedEvent> Events => events;

        public static async Task<FilledLog> Open()
        {
            var log = new InMemoryEventLog(TimeProvider.System);
            var orders = Enumerable.Range(0, Orders).Select(_ => Order.StreamOf(new OrderId(Guid.CreateVersion7()))).ToList();
            var metadata = new EventMetadata { OccurredAt = DateTimeOffset.UnixEpoch, Actor = "test" }.ToJson();
            for (var n = 0; n < Orders * EventsOfAnOrder; n++)
            {
                await log.Append(orders[n % Orders], ExpectedRevision.Any, [new(Guid.NewGuid(), "order-shipped.v1", "{}"u8.ToArray(), metadata)], default);
            }

            var events = new List<RecordedEvent>();
            await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, default))
            {
                events.Add(e);
            }

            return new(log, events);
        }
    }

    /// <summary>Checkpoints whose every change somebody looks at.</summary>
    sealed class Watched(IRelayCheckpoints checkpoints, Action<LogPosition> saves) : IRelayCheckpoints
    {
        public Task<LogPosition> Load(CancellationToken cancellationToken) => checkpoints.Load(cancellationToken);

        public Task Save(LogPosition position, CancellationToken cancellationToken)
        {
            saves(position);
            return checkpoints.Save(position, cancellationToken);
        }
    }

    /// <summary>Who leads loses it without having noticed, and the next one begins at once.</summary>
    sealed class Turns : ILeadership, IDisposable
    {
        readonly SemaphoreSlim _turn = new(1, 1);
        Lease? _leads;
        int _count;

        public int Count => Volatile.Read(ref _count);

        public async Task<ILease> Acquire(CancellationToken cancellationToken)
        {
            await _turn.WaitAsync(cancellationToken);
            Interlocked.Increment(ref _count);
            return _leads = new Lease(_turn);
        }

        public void Next(bool isTime)
        {
            if (isTime)
            {
                _leads?.Lose();
            }
        }

        public void Dispose() => _turn.Dispose();

        sealed class Lease(SemaphoreSlim turn) : ILease
        {
            readonly CancellationTokenSource _lost = new();
            int _isOver;

            public CancellationToken Lost => _lost.Token;

            public void Lose()
            {
                if (Interlocked.Exchange(ref _isOver, 1) == 0)
                {
                    turn.Release();
                    _lost.CancelAsync();
                }
            }

            public ValueTask DisposeAsync()
            {
                if (Interlocked.Exchange(ref _isOver, 1) == 0)
                {
                    turn.Release();
                }

                return default;
            }
        }
    }

    /// <summary>Timers ring after a hundredth of their time.</summary>
    sealed class HastyTime : TimeProvider
    {
        const int Haste = 100;

        public static TimeSpan Of(TimeSpan time) => time / Haste;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Hasten(dueTime), Hasten(period));

        static TimeSpan Hasten(TimeSpan time) => time > TimeSpan.Zero ? Of(time) : time;
    }
}
