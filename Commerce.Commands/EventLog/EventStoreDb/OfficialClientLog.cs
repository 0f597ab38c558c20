using System.Diagnostics;
using System.Runtime.CompilerServices;
using Commerce.Domain.Log;
using Grpc.Core;
using Es = EventStore.Client;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>
/// The log in EventStoreDB by its official client, in the build with <c>NamedPackages=true</c>. Reads and writes the same as the
/// client of the default build. Positions are commit positions.
/// </summary>
public sealed class OfficialClientLog : IEventLog, IAsyncDisposable
{
    /// <summary>How long a subscription, once begun, tries to reach a lost server before it gives up.</summary>
    static readonly TimeSpan OutageMax = TimeSpan.FromMinutes(2);

    static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(50);
    static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);

    /// <summary>Events that the server looks through at once where a filter leaves most of them out.</summary>
    const uint FilterWindow = 512;

    readonly Es.EventStoreClient _client;
    readonly TimeSpan _deadline;
    readonly TimeProvider _time;
    long _newest;

    OfficialClientLog(Es.EventStoreClient client, TimeSpan deadline, TimeProvider time) => (_client, _deadline, _time) = (client, deadline, time);

    /// <summary>Opens the log that a connection string names, <c>esdb://host:2113?tls=false</c>; <c>kurrentdb://</c> is the same.</summary>
    /// <exception cref="EventStoreDbConnectionStringException">The connection string is none.</exception>
    /// <exception cref="EventLogUnavailableException">The server cannot be reached.</exception>
    /// <exception cref="EventStoreDbRefusedException">The server does not let us in.</exception>
    public static async Task<OfficialClientLog> Open(string connectionString, TimeProvider time, CancellationToken cancellationToken)
    {
        var connection = EventStoreDbConnectionString.Parse(connectionString);
        var log = new OfficialClientLog(new Es.EventStoreClient(OfficialClientSettings.Of(connection)), connection.DefaultDeadline, time);
        try
        {
            log._newest = (await log.End(null, cancellationToken)).Value;
            return log;
        }
        catch
        {
            await log.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        var bytes = AppendLimits.Check(events);
        cancellationToken.ThrowIfCancellationRequested();
        var sentAfter = new LogPosition(Volatile.Read(ref _newest));
        try
        {
            var written = await Send(stream, expected, [.. events.Select(e => new Es.EventData(Es.Uuid.FromGuid(e.Id), e.Type, e.Data, e.Metadata))], cancellationToken);
            return await Appended(stream, expected, events, written, sentAfter, cancellationToken);
        }
        catch (Es.WrongExpectedVersionException e)
        {
            // At any revision it is an append that repeats another one in part.
            var actual = expected == ExpectedRevision.Any ? null : e.ActualVersion;
            return new AppendResult.WrongExpectedRevision(expected, actual is >= 0 and var known ? known : await LastRevision(stream, cancellationToken));
        }
        catch (Es.MaximumAppendSizeExceededException e)
        {
            throw new AppendTooLargeException(events.Count, bytes, e.MaxAppendSize);
        }
        catch (Exception e) when (Answer(e, stream, cancellationToken) is { } answer)
        {
            throw answer;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadStream(
        StreamName stream, ReadDirection direction, long from, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (count <= 0 || from < 0)
            yield break;

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (way, start) = direction == ReadDirection.Forwards
            ? (Es.Direction.Forwards, Es.StreamPosition.FromInt64(from))
            : (Es.Direction.Backwards, from == long.MaxValue ? Es.StreamPosition.End : Es.StreamPosition.FromInt64(from));
        await foreach (var message in Told(() => _client.ReadStreamAsync(way, stream.Value, start, count, cancellationToken: stop.Token).Messages, stop, stream, cancellationToken))
        {
            if (message is Es.StreamMessage.Event { ResolvedEvent.Event: var e })
                yield return Recorded(stream, e);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAll(
        LogPosition after, StreamFilter filter, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (count <= 0)
            yield break;

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await foreach (var message in Told(() => AllFrom(after, filter, stop.Token).Messages, stop, null, cancellationToken))
        {
            if (message is not Es.StreamMessage.Event { ResolvedEvent.Event: var e } || Wanted(e, after, filter) is not { } wanted)
                continue;

            yield return wanted;
            if (--count == 0)
                yield break;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogMessage> Subscribe(
        LogPosition after, StreamFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (begun, reachedAt, pause) = (false, _time.GetTimestamp(), new Backoff(PauseMin, PauseMax, _time));
        while (true)
        {
            await using var messages = Follow(after, filter, cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (await Next(messages, () => !begun || _time.GetElapsedTime(reachedAt) >= OutageMax))
            {
                (begun, reachedAt) = (true, _time.GetTimestamp());
                pause.Reset();
                after = PositionOf(messages.Current);
                yield return messages.Current;
            }

            await pause.Wait(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public Task<LogPosition> Head(CancellationToken cancellationToken) => End(StreamFilter.All, cancellationToken);

    /// <summary>Ends the calls that are under way.</summary>
    public ValueTask DisposeAsync() => _client.DisposeAsync();

    // Once an append is queued the client waits for its answer for as long as it takes, and looks at no cancellation.
    Task<Es.IWriteResult> Send(StreamName stream, ExpectedRevision expected, Es.EventData[] data, CancellationToken cancellationToken) =>
        Begin(stream, expected, data, cancellationToken).WaitAsync(_deadline, _time, cancellationToken);

    // The client writes the trace of the moment into the metadata of what it appends. Ours names its trace already, and what
    // comes back has to be what was given: here it sees none.
    Task<Es.IWriteResult> Begin(StreamName stream, ExpectedRevision expected, Es.EventData[] data, CancellationToken cancellationToken)
    {
        var current = Activity.Current;
        Activity.Current = null;
        try
        {
            return expected.Revision is >= 0 and var revision
                ? _client.AppendToStreamAsync(stream.Value, Es.StreamRevision.FromInt64(revision), data, cancellationToken: cancellationToken)
                : _client.AppendToStreamAsync(stream.Value, StateOf(expected), data, cancellationToken: cancellationToken);
        }
        finally
        {
            Activity.Current = current;
        }
    }

    // Where no revision is named the server takes for a repeat whatever holds only ids that it remembers of the stream: a place
    // that was there before this append was sent is looked at. Of a repeat it may tell no position.
    async Task<AppendResult> Appended(
        StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, Es.IWriteResult written, LogPosition sentAfter, CancellationToken cancellationToken)
    {
        var revision = written.NextExpectedStreamRevision.ToInt64();
        var isPlaced = written.LogPosition != default && written.LogPosition != Es.Position.End;
        var isOne = expected.Revision is not null || events.Count == 1;
        if (isPlaced && (isOne || PositionOf(written.LogPosition) > sentAfter))
        {
            var position = PositionOf(written.LogPosition);
            Seen(position);
            return new AppendResult.Appended(revision, position);
        }

        var n = 0;
        await foreach (var e in ReadStream(stream, ReadDirection.Forwards, revision - events.Count + 1, events.Count, cancellationToken))
        {
            if (e.Id != events[n++].Id)
                break;

            if (n == events.Count)
                return new AppendResult.Appended(revision, e.Position);
        }

        return isOne
            ? throw new EventLogUnavailableException($"EventStoreDB took an append to {stream}, and does not show it.")
            : new AppendResult.WrongExpectedRevision(expected, await LastRevision(stream, cancellationToken));
    }

    void Seen(LogPosition position)
    {
        for (var known = Volatile.Read(ref _newest); position.Value > known;)
        {
            var before = Interlocked.CompareExchange(ref _newest, position.Value, known);
            if (before == known)
                return;

            known = before;
        }
    }

    // What is there is read through the server's filter; then every event is looked at, so that the position moves with each.
    async IAsyncEnumerable<LogMessage> Follow(LogPosition after, StreamFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var end = await End(null, cancellationToken);
        await foreach (var e in ReadAll(after, filter, int.MaxValue, cancellationToken))
        {
            if (e.Position > end)
                break;

            after = e.Position;
            yield return new LogMessage.Appeared(e);
        }

        after = after > end ? after : end;
        yield return new LogMessage.CaughtUp(after);
        var told = after;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var start = after == LogPosition.Start ? Es.FromAll.Start : Es.FromAll.After(At(after));
        await foreach (var message in Told(() => _client.SubscribeToAll(start, cancellationToken: stop.Token).Messages, stop, null, cancellationToken))
        {
            if (message is Es.StreamMessage.Event { ResolvedEvent.Event: var e } && PositionOf(e.Position) > after)
            {
                yield return Wanted(e, after, filter) is { } wanted ? new LogMessage.Appeared(wanted) : new LogMessage.Reached(PositionOf(e.Position));
                after = PositionOf(e.Position);
            }
            else if (message is Es.StreamMessage.CaughtUp && after > told)
            {
                told = after;
                yield return new LogMessage.CaughtUp(after);
            }
        }
    }

    // Position of the newest event that passes the filter; without one, of any, the server's own ones included.
    async Task<LogPosition> End(StreamFilter? filter, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var newestFirst = filter is null
            ? Told(() => _client.ReadAllAsync(Es.Direction.Backwards, Es.Position.End, 1, cancellationToken: stop.Token).Messages, stop, null, cancellationToken)
            : Told(() => _client.ReadAllAsync(Es.Direction.Backwards, Es.Position.End, FilterOf(filter), cancellationToken: stop.Token).Messages, stop, null, cancellationToken);
        await foreach (var message in newestFirst)
        {
            if (message is Es.StreamMessage.Event { ResolvedEvent.Event: var e } && (filter is null || Wanted(e, LogPosition.Start, filter) is not null))
                return PositionOf(e.Position);
        }

        return LogPosition.Start;
    }

    Es.EventStoreClient.ReadAllStreamResult AllFrom(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) =>
        _client.ReadAllAsync(Es.Direction.Forwards, At(after), FilterOf(filter), cancellationToken: cancellationToken);

    static Es.IEventFilter FilterOf(StreamFilter filter) =>
        filter.Prefixes.Count == 0 ? Es.StreamFilter.RegularExpression("^[^$]", FilterWindow) : Es.StreamFilter.Prefix(FilterWindow, [.. filter.Prefixes]);

    async Task<long> LastRevision(StreamName stream, CancellationToken cancellationToken)
    {
        await foreach (var last in ReadStream(stream, ReadDirection.Backwards, long.MaxValue, 1, cancellationToken))
            return last.Revision;

        return -1;
    }

    // The next message; false where the subscription is lost and may be begun again.
    static async Task<bool> Next(IAsyncEnumerator<LogMessage> messages, Func<bool> givesUp)
    {
        try
        {
            return await messages.MoveNextAsync();
        }
        catch (EventLogUnavailableException) when (!givesUp())
        {
            return false;
        }
    }

    // The messages of one call, its failures in our words. Whoever stops listening ends the call.
    static async IAsyncEnumerable<Es.StreamMessage> Told(
        Func<IAsyncEnumerable<Es.StreamMessage>> call, CancellationTokenSource stop, StreamName? stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            await using var messages = call().GetAsyncEnumerator(stop.Token);
            while (true)
            {
                try
                {
                    if (!await messages.MoveNextAsync())
                        yield break;
                }
                catch (Exception e) when (Answer(e, stream, cancellationToken) is { } answer)
                {
                    throw answer;
                }

                cancellationToken.ThrowIfCancellationRequested();
                yield return messages.Current;
            }
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    // What a failure of the client means here; null: nothing that is known, it passes as it is.
    static Exception? Answer(Exception e, StreamName? stream, CancellationToken cancellationToken) => e switch
    {
        Es.StreamDeletedException when stream is { } deleted => new StreamDeletedException(deleted),
        _ when cancellationToken.IsCancellationRequested => new OperationCanceledException(e.Message, e, cancellationToken),
        Es.AccessDeniedException or Es.NotAuthenticatedException => new EventStoreDbRefusedException("EventStoreDB refuses the user of the connection string.", e),
        RpcException { StatusCode: StatusCode.InvalidArgument or StatusCode.PermissionDenied or StatusCode.Unimplemented } refused =>
            new EventStoreDbRefusedException($"EventStoreDB refuses the request: {refused.Status.Detail}", e),
        RpcException or Es.DiscoveryException or Es.NotLeaderException or OperationCanceledException or ObjectDisposedException or HttpRequestException or IOException or TimeoutException =>
            new EventLogUnavailableException("EventStoreDB does not answer.", e),

        // So the client puts every other word of the server about an append: that it is not ready, for one.
        InvalidOperationException => new EventLogUnavailableException($"EventStoreDB does not say how it went: {e.Message}", e),
        _ => null,
    };

    // What the server itself wrote is not ours, in whosever stream, nor are streams whose names we do not give.
    static RecordedEvent? Wanted(Es.EventRecord e, LogPosition after, StreamFilter filter) =>
        PositionOf(e.Position) > after && !e.EventType.StartsWith('$') && StreamName.TryParse(e.EventStreamId, null, out var stream) && filter.Matches(stream) ? Recorded(stream, e) : null;

    static RecordedEvent Recorded(StreamName stream, Es.EventRecord e) => new(
        stream, e.EventNumber.ToInt64(), PositionOf(e.Position), e.EventId.ToGuid(), e.EventType, e.Data, e.Metadata,
        new DateTimeOffset(DateTime.SpecifyKind(e.Created, DateTimeKind.Utc)));

    static Es.StreamState StateOf(ExpectedRevision expected) =>
        expected == ExpectedRevision.Any ? Es.StreamState.Any : expected == ExpectedRevision.Exists ? Es.StreamState.StreamExists : Es.StreamState.NoStream;

    static Es.Position At(LogPosition position) => new((ulong)position.Value, (ulong)position.Value);

    static LogPosition PositionOf(Es.Position position) => new(checked((long)position.CommitPosition));

    static LogPosition PositionOf(LogMessage message) => message switch
    {
        LogMessage.Appeared { Event.Position: var position } => position,
        LogMessage.Reached { Position: var position } => position,
        LogMessage.CaughtUp { Position: var position } => position,
        _ => throw new UnreachableException(),
    };
}
