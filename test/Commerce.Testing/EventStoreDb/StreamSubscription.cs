using Commerce.Commands.EventLog.EventStoreDb.Wire;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.ReadReq.Types;

namespace Commerce.Testing.EventStoreDb;

/// <summary>Every event of one stream after a revision, also of one that begins later; until the stream is deleted for good.</summary>
sealed class StreamSubscription(EmulatedLog log, ReadAnswer answer, StreamOptions request)
{
    readonly string _name = WireStream.Name(request.StreamIdentifier);

    public async Task Run()
    {
        var next = From();
        // Who begins at the end has caught up with a stream that is not there yet.
        var (isLive, startsLive) = (false, request.RevisionOptionCase == StreamOptions.RevisionOptionOneofCase.End);
        var isConfirmed = false;
        while (true)
        {
            var appended = log.Appended;
            var view = log.View(_name);
            if (view.IsTombstoned)
                throw ServerErrors.StreamDeleted(_name);

            if (!isConfirmed)
                answer.Put(new ReadResp { Confirmation = new() { SubscriptionId = Guid.NewGuid().ToString() } });
            isConfirmed = true;
            if (view.IsThere)
                next = await Tell(Math.Max(next, view.First));
            if (!isLive && (view.IsThere || startsLive))
            {
                isLive = true;
                answer.Put(new ReadResp { CaughtUp = new() });
            }

            await answer.Flush();
            await appended.WaitAsync(answer.Ended);
        }
    }

    async ValueTask<long> Tell(long next)
    {
        while (log.ReadStream(_name, next, answer.Page) is > 0 and var count)
        {
            foreach (var record in answer.Page.AsSpan(0, count))
                answer.Put(record);

            next += count;
            await answer.FlushFull();
        }

        return next;
    }

    long From() => request.RevisionOptionCase switch
    {
        StreamOptions.RevisionOptionOneofCase.Revision => (long)Math.Min(request.Revision, long.MaxValue - 1) + 1,
        StreamOptions.RevisionOptionOneofCase.Start => 0,
        StreamOptions.RevisionOptionOneofCase.End => log.View(_name).Last + 1,
        _ => throw ServerErrors.Invalid("Where to begin is missing."),
    };
}
