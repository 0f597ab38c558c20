using System.Text;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog;

[TestFixtureSource(typeof(EventLogEngine), nameof(EventLogEngine.All))]
sealed class EventLogContractAppending(EventLogEngine engine) : EventLogContract(engine)
{
    static IEnumerable<TestCaseData> Demands()
    {
        foreach (var held in new[] { 0, 1, 3 })
        {
            yield return new(held, ExpectedRevision.None, held == 0);
            yield return new(held, ExpectedRevision.Any, true);
            yield return new(held, ExpectedRevision.Exists, held > 0);
            foreach (var revision in new[] { -1, 0, 1, 2, 3 })
                yield return new(held, ExpectedRevision.Exact(revision), revision == held - 1);
        }
    }

    [TestCaseSource(nameof(Demands))]
    public async Task An_append_is_taken_just_when_the_stream_meets_its_demand(int held, ExpectedRevision demand, bool met)
    {
        for (var n = 0; n < held; n++)
            await Given(Stream(), Events(1));

        var result = await Append(Stream(), demand, Events(2));

        var there = await Read(Stream());
        Assert.That(there, Has.Count.EqualTo(met ? held + 2 : held));
        Assert.That(result, met
            ? Is.EqualTo(new AppendResult.Appended(held + 1, there[^1].Position))
            : Is.EqualTo(new AppendResult.WrongExpectedRevision(demand, held - 1)));
    }

    [Test]
    public async Task What_was_appended_comes_back_byte_for_byte()
    {
        NewEvent[] events =
        [
            Event("{ \"name\" :\t\"Ünï–🛒\", \"amount\": 1.10, \"amount\": 1.1 }"),
            new(Guid.NewGuid(), "other-thing.v12", "{}"u8.ToArray(), Encoding.UTF8.GetBytes("{\"$correlationId\":\"a b\"}")),
            new(Guid.NewGuid(), "without-metadata.v1", "[1, 2]"u8.ToArray(), default),
        ];
        var before = DateTimeOffset.UtcNow.AddMinutes(-1);
        await Given(Stream(), events);

        var read = await Read(Stream());

        Assert.That(read.Select(e => (e.Id, e.Type, Text(e.Data), Text(e.Metadata))), Is.EqualTo(events.Select(e => (e.Id, e.Type, Text(e.Data), Text(e.Metadata)))));
        Assert.That(read.Select(e => (e.Stream, e.Revision)), Is.EqualTo(new[] { (Stream(), 0L), (Stream(), 1L), (Stream(), 2L) }));
        Assert.That(read.Select(e => e.RecordedAt), Is.All.InRange(before, DateTimeOffset.UtcNow.AddMinutes(1)).And.All.Matches<DateTimeOffset>(at => at.Offset == TimeSpan.Zero));

        static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
    }

    [Test]
    public async Task An_append_of_just_the_limits_is_taken_and_one_over_them_writes_nothing()
    {
        var most = new NewEvent(Guid.NewGuid(), "big-thing.v1", new byte[IEventLog.AppendBytesMax - (2 * "big-thing.v1".Length)], default);
        var tooMuch = new NewEvent(Guid.NewGuid(), "big-thing.v1", new byte[IEventLog.AppendBytesMax - (2 * "big-thing.v1".Length) + 1], default);

        Assert.ThrowsAsync<AppendTooLargeException>(async () => await Append(Stream(), ExpectedRevision.Any, tooMuch));
        Assert.ThrowsAsync<AppendTooLargeException>(async () => await Append(Stream(), ExpectedRevision.Any, Events(IEventLog.AppendEventsMax + 1)));
        Assert.That(await Read(Stream()), Is.Empty);

        await Given(Stream(), most);
        await Given(Stream("2"), Events(IEventLog.AppendEventsMax));
        Assert.That((await Read(Stream())).Single().Data.Length, Is.EqualTo(most.Data.Length));
        Assert.That(await Read(Stream("2")), Has.Count.EqualTo(IEventLog.AppendEventsMax));
    }

    [Test]
    public void An_append_of_nothing_is_a_mistake_of_the_caller() =>
        Assert.ThrowsAsync<ArgumentException>(async () => await Append(Stream(), ExpectedRevision.Any));

    [Test]
    public async Task An_append_that_was_cancelled_before_it_began_writes_nothing()
    {
        Assert.CatchAsync<OperationCanceledException>(async () => await Log.Append(Stream(), ExpectedRevision.Any, Events(1), new CancellationToken(canceled: true)));

        Assert.That(await Read(Stream()), Is.Empty);
    }

    [Test]
    public async Task Names_of_every_kind_are_names()
    {
        foreach (var id in new[] { "a-b@c", "Ärger/𝕏", "';drop/**/table/**/events;--", new string('x', StreamNameLengthMax - Category.Length - 1) })
        {
            await Given(Stream(id), Events(1));
            Assert.That((await Read(Stream(id))).Single().Stream, Is.EqualTo(Stream(id)));
        }
    }
}
