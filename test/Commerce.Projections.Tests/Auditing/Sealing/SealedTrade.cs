using System.Text;
using Commerce.Commands.Sealing;
using Commerce.Domain.Log;
using Commerce.Projections.Auditing.Sealing;

namespace Commerce.Projections.Tests.Auditing.Sealing;

/// <summary>A log of many streams that is sealed.</summary>
static class SealedTrade
{
    const int EventsOfAnAppend = 50;

    /// <summary>Appends events, most of them by fifties, every thousandth alone, and seals all but the last one.</summary>
    /// <returns>Those that were appended alone, in the log's order.</returns>
    public static async Task<IReadOnlyList<RecordedEvent>> Write(IEventLog log, int events)
    {
        var alone = 1;
        await Append(log, StreamName.For("single", "first"), 1, 0);
        for (var written = 0; written < events; written += EventsOfAnAppend + 1)
        {
            await Append(log, StreamName.For("bulk", (written % 1_009).ToString()), EventsOfAnAppend, written);
            await Append(log, StreamName.For("single", (written % 97).ToString()), 1, written);
            alone++;
        }

        await new Sealer(log, null, TimeProvider.System).SealAll(default);
        await Append(log, StreamName.For("single", "last"), 1, events);
        var singles = new List<RecordedEvent>();
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.Categories("single"), alone, default))
        {
            singles.Add(e);
        }

        return singles;
    }

    public static Task<SealReport> Verify(IEventLog log, SealOptions? options = null) => new SealVerifier(log).Run(options ?? new(), null, default);

    static async Task Append(IEventLog log, StreamName stream, int count, int n)
    {
        NewEvent[] events = [.. Enumerable.Range(0, count).Select(i => new NewEvent(Guid.CreateVersion7(), "thing-happened.v1", Encoding.UTF8.GetBytes($"{{\"n\":{n + i},\"what\":\"it was so and not otherwise\"}}"), "{\"actor\":\"test\"}"u8.ToArray()))];
        Assert.That(await log.Append(stream, ExpectedRevision.Any, events, default), Is.InstanceOf<AppendResult.Appended>());
    }
}
