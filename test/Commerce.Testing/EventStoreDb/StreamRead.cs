using Commerce.Commands.EventLog.EventStoreDb.Wire;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.ReadReq.Types;

namespace Commerce.Testing.EventStoreDb;

/// <summary>Events of one stream, once. Clients that say they know it are told where the stream begins and ends.</summary>
sealed class StreamRead(EmulatedLog log, ReadAnswer answer, Options request)
{
    /// <summary>Where the server finds nothing in its first page, it tells where the stream begins.</summary>
    const long ServerPageEvents = 32;

    readonly string _name = WireStream.Name(request.Stream.StreamIdentifier);
    long _left = (long)Math.Min(request.Count, long.MaxValue);

    public async Task Run()
    {
        var view = log.View(_name);
        if (view.IsTombstoned)
            throw ServerErrors.StreamDeleted(_name);

        if (!view.IsThere)
            answer.Put(new ReadResp { StreamNotFound = new() { StreamIdentifier = WireStream.From(_name) } });
        else if (request.ReadDirection == ReadDirection.Forwards)
            await Forwards(view);
        else
            await Backwards(view);

        await answer.Flush();
    }

    bool TellsPlaces => request.ControlOption is { Compatibility: >= 1 };

    async Task Forwards(StreamView view)
    {
        var from = From(atEnd: long.MaxValue);
        TellBeginning(view, from);
        var next = Math.Max(from, view.First);
        while (_left > 0 && next <= view.Last)
        {
            var wanted = Math.Min(Math.Min(_left, view.Last - next + 1), ReadAnswer.PageRecordsMax);
            var count = log.ReadStream(_name, next, answer.Page.AsSpan(0, (int)wanted));
            foreach (var record in answer.Page.AsSpan(0, count))
                answer.Put(record);

            (next, _left) = (next + count, _left - count);
            await answer.FlushFull();
        }

        TellEnd(view);
    }

    async Task Backwards(StreamView view)
    {
        var next = Math.Min(From(atEnd: view.Last), view.Last);
        while (_left > 0 && next >= view.First)
        {
            var wanted = Math.Min(Math.Min(_left, next - view.First + 1), ReadAnswer.PageRecordsMax);
            var count = log.ReadStream(_name, next - wanted + 1, answer.Page.AsSpan(0, (int)wanted));
            for (var n = count - 1; n >= 0; n--)
                answer.Put(answer.Page[n]);

            (next, _left) = (next - count, _left - count);
            await answer.FlushFull();
        }

        TellEnd(view);
    }

    long From(long atEnd) => request.Stream.RevisionOptionCase switch
    {
        StreamOptions.RevisionOptionOneofCase.Revision => (long)Math.Min(request.Stream.Revision, long.MaxValue),
        StreamOptions.RevisionOptionOneofCase.Start => 0,
        StreamOptions.RevisionOptionOneofCase.End => atEnd,
        _ => throw ServerErrors.Invalid("Where to begin is missing."),
    };

    void TellBeginning(StreamView view, long from)
    {
        var next = from > view.Last ? view.Last + 1 : view.First;
        var isEmpty = from > view.Last || from < view.First - Math.Min(ServerPageEvents, _left) + 1;
        if (TellsPlaces && isEmpty && from != next)
            answer.Put(new ReadResp { FirstStreamPosition = (ulong)next });
    }

    void TellEnd(StreamView view)
    {
        if (TellsPlaces)
            answer.Put(new ReadResp { LastStreamPosition = (ulong)view.Last });
    }
}
