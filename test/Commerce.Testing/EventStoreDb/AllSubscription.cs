using Commerce.Commands.EventLog.EventStoreDb.Wire;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.ReadReq.Types;

namespace Commerce.Testing.EventStoreDb;

/// <summary>
/// Every event of the whole log after a position that passes the filter. With a filter it is told from time to time how far
/// the server has looked. A reader that is too slow is told that it fell behind, and again when it has caught up.
/// </summary>
sealed class AllSubscription(EmulatedLog log, ReadAnswer answer, AllOptions request, EventFilter? filter, int liveEventsMax)
{
    long _looked;
    bool _isLive;

    public async Task Run()
    {
        answer.Put(new ReadResp { Confirmation = new() { SubscriptionId = Guid.NewGuid().ToString() } });
        await answer.Flush();
        var next = From();
        while (true)
        {
            var appended = log.Appended;
            next = await Tell(next);
            if (!_isLive)
                answer.Put(new ReadResp { CaughtUp = new() });

            _isLive = true;
            await answer.Flush();
            await appended.WaitAsync(answer.Ended);
        }
    }

    async ValueTask<int> Tell(int next)
    {
        while (log.ReadAll(next, answer.Page) is > 0 and var count)
        {
            answer.Ended.ThrowIfCancellationRequested();
            if (_isLive && log.Count - next > liveEventsMax)
            {
                _isLive = false;
                answer.Put(new ReadResp { FellBehind = new() });
            }

            foreach (var record in answer.Page.AsSpan(0, count))
                Put(record);

            next += count;
            await answer.FlushFull();
        }

        return next;
    }

    void Put(LogRecord record)
    {
        if (filter is null || filter.Matches(record))
            answer.Put(record);
        if (filter is null || ++_looked < filter.CheckpointInterval)
            return;

        _looked = 0;
        answer.Put(new ReadResp { Checkpoint = new() { CommitPosition = record.Position, PreparePosition = record.Position } });
    }

    int After(ulong position) => log.IndexOf(position) is var at && at < log.Count && log.PositionAt(at) == position ? at + 1 : at;

    int From() => request.AllOptionCase switch
    {
        AllOptions.AllOptionOneofCase.Position => After(request.Position.CommitPosition),
        AllOptions.AllOptionOneofCase.Start => 0,
        AllOptions.AllOptionOneofCase.End => log.Count,
        _ => throw ServerErrors.Invalid("Where to begin is missing."),
    };
}
