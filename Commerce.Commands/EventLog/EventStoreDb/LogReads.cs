using System.Runtime.CompilerServices;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;
using Commerce.Domain.Log;
using RecordedEvent = Commerce.Domain.Log.RecordedEvent;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>Reads streams and the whole log.</summary>
sealed class LogReads(ClusterNodes nodes, EventStoreDbOptions options)
{
    /// <summary>How often a read is begun: a server that was restarted since, or is the leader no more, is only noticed by asking.</summary>
    const int BeginningsMax = 3;

    /// <summary>Events of one stream.</summary>
    public async IAsyncEnumerable<RecordedEvent> Stream(
        StreamName stream, ReadDirection direction, long from, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (count <= 0 || (from < 0 && direction == ReadDirection.Backwards))
            yield break;

        await using var call = await Begin(WireRequests.Stream(stream, direction, from, count), options.AnswerMax, cancellationToken, stream);
        do
        {
            while (call.TryRead(out var answer))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (answer.ContentCase == ReadResp.ContentOneofCase.Event && WireEvents.Recorded(answer.Event) is { } e)
                    yield return e;
            }
        }
        while (await call.WaitToRead());
    }

    /// <summary>Events of the whole log after a position, at most so many that pass the filter; from one server where one is named.</summary>
    public async IAsyncEnumerable<RecordedEvent> All(
        LogPosition after, StreamFilter filter, int count, [EnumeratorCancellation] CancellationToken cancellationToken, GrpcChannel? server = null)
    {
        var more = count > 0;
        while (more)
        {
            // One more than asked: the server begins with the event at the position.
            var asked = count + 1L;
            var given = 0L;
            await using var call = await Begin(WireRequests.All(after, filter, asked, options.FilterWindowEventsMax), silenceMax: null, cancellationToken, server: server);
            do
            {
                while (count > 0 && call.TryRead(out var answer))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (answer.ContentCase != ReadResp.ContentOneofCase.Event)
                        continue;

                    given++;
                    var position = WireEvents.PositionOf(answer.Event);
                    if (position <= after)
                        continue;

                    after = position;
                    if (WireEvents.RecordedInAll(answer.Event) is not { } e)
                        continue;

                    count--;
                    yield return e;
                }
            }
            while (count > 0 && await call.WaitToRead());

            // Less than asked: that was all. Else some of it was nothing of ours, and there is more.
            more = count > 0 && given >= asked;
        }
    }

    /// <summary>Position of the newest event, of every stream or of those that pass the filter, and the server that said so.</summary>
    public async Task<(LogPosition Position, GrpcChannel Server)> Newest(StreamFilter? filter, CancellationToken cancellationToken)
    {
        await using var call = await Begin(WireRequests.Newest(filter, options.FilterWindowEventsMax), options.AnswerMax, cancellationToken);
        var newest = LogPosition.Start;
        do
        {
            while (call.TryRead(out var answer))
                newest = answer.ContentCase == ReadResp.ContentOneofCase.Event ? WireEvents.PositionOf(answer.Event) : newest;
        }
        while (await call.WaitToRead());

        return (newest, call.Server);
    }

    /// <summary>Every event after a position, without end, from this server.</summary>
    public async Task<ReadCall> Subscribe(LogPosition after, GrpcChannel server, CancellationToken cancellationToken)
    {
        var call = await Begin(WireRequests.Subscription(after), options.AnswerMax, cancellationToken, server: server);
        call.SilenceMax = null;
        return call;
    }

    /// <summary>Begins a read; it has an answer, or its end, when it comes back.</summary>
    async Task<ReadCall> Begin(ReadReq request, TimeSpan? silenceMax, CancellationToken cancellationToken, StreamName? stream = null, GrpcChannel? server = null)
    {
        for (var beginning = 1; ; beginning++)
        {
            var channel = server ?? await nodes.Current(cancellationToken);
            var call = new ReadCall(channel, channel.ServerStreaming(WireMethods.Read, request, cancellationToken), nodes, stream) { SilenceMax = silenceMax };
            try
            {
                await call.Begin();
                return call;
            }
            catch (GrpcException e) when (nodes.Failed(channel, e) && server is null && beginning < BeginningsMax && e.Code != GrpcStatusCode.DeadlineExceeded)
            {
                await call.DisposeAsync();
            }
            catch (GrpcException e)
            {
                await call.DisposeAsync();
                throw EventStoreDbFaults.Of(e, channel.Address, stream);
            }
            catch
            {
                await call.DisposeAsync();
                throw;
            }
        }
    }
}
