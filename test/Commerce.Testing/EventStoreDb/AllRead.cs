using static Commerce.Commands.EventLog.EventStoreDb.Wire.ReadReq.Types;

namespace Commerce.Testing.EventStoreDb;

/// <summary>Events of the whole log, once: forwards from the one at a position, backwards from the one before it.</summary>
static class AllRead
{
    public static async Task Forwards(EmulatedLog log, ReadAnswer answer, Options request, EventFilter? filter)
    {
        var (next, end, left) = (From(log, request.All), log.Count, request.Count);
        while (left > 0 && next < end)
        {
            answer.Ended.ThrowIfCancellationRequested();
            var count = log.ReadAll(next, answer.Page.AsSpan(0, Math.Min(ReadAnswer.PageRecordsMax, end - next)));
            for (var n = 0; n < count && left > 0; n++)
                left -= Put(answer, answer.Page[n], filter);

            next += count;
            await answer.FlushFull();
        }

        await answer.Flush();
    }

    public static async Task Backwards(EmulatedLog log, ReadAnswer answer, Options request, EventFilter? filter)
    {
        var (end, left) = (From(log, request.All), request.Count);
        while (left > 0 && end > 0)
        {
            answer.Ended.ThrowIfCancellationRequested();
            var count = log.ReadAll(Math.Max(0, end - ReadAnswer.PageRecordsMax), answer.Page.AsSpan(0, Math.Min(ReadAnswer.PageRecordsMax, end)));
            for (var n = count - 1; n >= 0 && left > 0; n--)
                left -= Put(answer, answer.Page[n], filter);

            end -= count;
            await answer.FlushFull();
        }

        await answer.Flush();
    }

    static ulong Put(ReadAnswer answer, LogRecord record, EventFilter? filter)
    {
        if (filter is not null && !filter.Matches(record))
            return 0;

        answer.Put(record);
        return 1;
    }

    static int From(EmulatedLog log, AllOptions all) => all.AllOptionCase switch
    {
        AllOptions.AllOptionOneofCase.Position => log.IndexOf(all.Position.CommitPosition),
        AllOptions.AllOptionOneofCase.Start => 0,
        AllOptions.AllOptionOneofCase.End => log.Count,
        _ => throw ServerErrors.Invalid("Where to begin is missing."),
    };
}
