using System.Runtime.CompilerServices;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Domain.Log;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>
/// One subscription. It catches up with reads that the server filters, then goes on with all that is appended and filters
/// itself: so its position moves with every event, also with those that do not match. When the server is lost it goes on
/// from its position.
/// </summary>
sealed partial class LogSubscription(LogReads reads, LogPosition after, StreamFilter filter, EventStoreDbOptions options, TimeProvider time, ILogger logger)
{
    readonly Backoff _pause = new(options.ReconnectPauseMin, options.ReconnectPauseMax, time);
    LogPosition _position = after;
    bool _begun;
    long? _lostAt;

    /// <summary>Tells until cancelled, or until the server stays away for <see cref="EventStoreDbOptions.OutageMax"/>.</summary>
    public async IAsyncEnumerable<LogMessage> Messages([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            await using (var messages = Follow(cancellationToken).GetAsyncEnumerator(cancellationToken))
            {
                while (await Next(messages))
                    yield return messages.Current;
            }

            await _pause.Wait(cancellationToken);
        }
    }

    /// <summary>False: the server is lost, and it is worth to wait for it.</summary>
    async ValueTask<bool> Next(IAsyncEnumerator<LogMessage> messages)
    {
        try
        {
            return await messages.MoveNextAsync();
        }
        catch (EventLogUnavailableException e) when (_begun && time.GetElapsedTime(_lostAt ??= time.GetTimestamp()) < options.OutageMax)
        {
            LogOutage(logger, e, _position.Value);
            return false;
        }
    }

    async IAsyncEnumerable<LogMessage> Follow([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The end first: a read that begins later holds all up to it. On one server: another may lag behind this one's end.
        var (end, server) = await reads.Newest(filter: null, cancellationToken);
        Answered();
        for (var full = _position < end; full;)
        {
            var read = 0;
            await foreach (var e in reads.All(_position, filter, options.PageEventsMax, cancellationToken, server))
            {
                (_position, read) = (e.Position, read + 1);
                yield return new LogMessage.Appeared(e);
            }

            full = read == options.PageEventsMax;
        }

        if (_position < end)
            yield return new LogMessage.Reached(_position = end);

        await using var live = await reads.Subscribe(_position, server, cancellationToken);
        var told = _position;
        do
        {
            Answered();
            while (live.TryRead(out var answer))
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (Told(answer) is { } message)
                {
                    told = _position;
                    yield return message;
                }
            }

            if (_position > told)
                yield return new LogMessage.Reached(told = _position);
        }
        while (await live.WaitToRead());
    }

    /// <summary>Moves the position on; the message that has to be told, if any.</summary>
    LogMessage? Told(ReadResp answer)
    {
        switch (answer.ContentCase)
        {
            case ReadResp.ContentOneofCase.Event when WireEvents.PositionOf(answer.Event) is var position && position > _position:
                _position = position;
                return WireEvents.RecordedInAll(answer.Event) is { } e && filter.Matches(e.Stream) ? new LogMessage.Appeared(e) : null;

            case ReadResp.ContentOneofCase.Checkpoint when new LogPosition((long)answer.Checkpoint.CommitPosition) is var reached && reached > _position:
                _position = reached;
                return null;

            case ReadResp.ContentOneofCase.CaughtUp:
                return new LogMessage.CaughtUp(_position);

            default:
                return null;
        }
    }

    void Answered()
    {
        (_begun, _lostAt) = (true, null);
        _pause.Reset();
    }

    [LoggerMessage(LogLevel.Warning, "A subscription at position {Position} waits for EventStoreDB")]
    static partial void LogOutage(ILogger logger, Exception fault, long position);
}
