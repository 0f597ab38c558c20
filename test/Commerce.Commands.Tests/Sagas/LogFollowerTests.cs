using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Sagas.Deadlines;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>A table that is kept by the log, in steps that hold many changes of the same thing.</summary>
public sealed class LogFollowerTests
{
    static readonly OrderId Id = new(new Guid("01920000-0000-7000-8000-000000000001"));
    static readonly StreamName Mugs = Stock.StreamOf(Sku.Of("mug"), LocationId.Of("main"));
    static readonly StockEvent Reserved = new StockEvent.Reserved(Id, 2, DateTimeOffset.UnixEpoch);
    static readonly StockEvent Released = new StockEvent.Released(Id, 2, ReleaseReason.OrderCancelled);

    readonly InMemoryEventLog _log = new(TimeProvider.System);
    readonly KeptDeadlines _table = new();

    [Test]
    public async Task What_is_opened_stays_until_it_is_ended_however_often_that_comes_in_one_step()
    {
        await Step(Reserved, Released);
        Assert.That(_table.Open, Is.Empty);

        await Step(Reserved);
        Assert.That(_table.Open, Has.Count.EqualTo(1));

        await Step(Released, Reserved);
        Assert.That(_table.Open, Has.Count.EqualTo(1));

        await Step(Released, Reserved, Released);
        Assert.That(_table.Open, Is.Empty);
    }

    async Task Step(params StockEvent[] events)
    {
        await _log.Append(Mugs, ExpectedRevision.Any, [.. events.Select(e => new NewEvent(Guid.CreateVersion7(), EventCatalog.NameOf(e), EventCatalog.ToJson(e), new EventMetadata { OccurredAt = DateTimeOffset.UnixEpoch }.ToJson()))], default);
        using var follower = new LogFollower<DeadlineChange>(
            _log, _table, new(DeadlineChange.Streams, recorded => DeadlineChange.Of(recorded, TimeSpan.Zero), c => c.Stream, c => c is DeadlineChange.Set, TimeSpan.FromHours(1)), TimeProvider.System, NullLogger.Instance);
        using var stop = new CancellationTokenSource();
        var running = follower.Run(stop.Token);
        await follower.CaughtUp;
        await stop.CancelAsync();
        Assert.That(async () => await running, Throws.InstanceOf<OperationCanceledException>());
    }
}
