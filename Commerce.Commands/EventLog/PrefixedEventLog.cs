using System.Runtime.CompilerServices;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog;

/// <summary>The prefix leaves no room for a name.</summary>
public sealed class StreamNameTooLongException(StreamName stream, StreamPrefix prefix)
    : EventLogException($"The stream {stream} is too long a name after the prefix {prefix}: together they have {StreamName.LengthMax} characters at most.");

/// <summary>
/// One installation's part of a log that others use as well: every stream name has a prefix there and none here. What others
/// wrote is never told.
/// </summary>
/// <remarks>
/// Positions are those of the whole log. <see cref="Head"/> may so lie beyond the newest event of this part; a subscription
/// reaches it all the same, for the log tells how far it has looked where nothing matches.
/// </remarks>
public sealed class PrefixedEventLog(IEventLog inner, StreamPrefix prefix) : IEventLog
{
    /// <inheritdoc/>
    /// <exception cref="StreamNameTooLongException">Prefix and name are longer than a name may be.</exception>
    public async Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken)
    {
        var there = There(stream) ?? throw new StreamNameTooLongException(stream, prefix);
        try
        {
            return await inner.Append(there, expected, events, cancellationToken);
        }
        catch (StreamDeletedException)
        {
            throw new StreamDeletedException(stream);
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadStream(
        StreamName stream, ReadDirection direction, long from, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // What cannot be written is not there.
        if (There(stream) is not { } there)
            yield break;

        await using var events = inner.ReadStream(there, direction, from, count, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await Next(events, stream))
            yield return events.Current with { Stream = stream };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<RecordedEvent> ReadAll(
        LogPosition after, StreamFilter filter, int count, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var e in inner.ReadAll(after, There(filter), count, cancellationToken))
            yield return Here(e);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var message in inner.Subscribe(after, There(filter), cancellationToken))
            yield return message is LogMessage.Appeared appeared ? new LogMessage.Appeared(Here(appeared.Event)) : message;
    }

    /// <inheritdoc/>
    public Task<LogPosition> Head(CancellationToken cancellationToken) => inner.Head(cancellationToken);

    StreamName? There(StreamName stream) => StreamName.TryParse(prefix.Value + stream.Value, null, out var there) ? there : null;

    StreamFilter There(StreamFilter filter) => filter.Prefixes.Count == 0 ? new([prefix.Value]) : new([.. filter.Prefixes.Select(p => prefix.Value + p)]);

    // Only this class writes names that begin with the prefix, and what it put the prefix before is a name.
    RecordedEvent Here(RecordedEvent e) => e with { Stream = StreamName.Parse(e.Stream.Value[prefix.Value.Length..], null) };

    static async ValueTask<bool> Next(IAsyncEnumerator<RecordedEvent> events, StreamName stream)
    {
        try
        {
            return await events.MoveNextAsync();
        }
        catch (StreamDeletedException)
        {
            throw new StreamDeletedException(stream);
        }
    }
}
