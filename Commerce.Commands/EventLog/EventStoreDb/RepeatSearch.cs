using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>Looks whether an append that nobody answered was written nevertheless.</summary>
sealed class RepeatSearch(LogReads reads, EventStoreDbOptions options)
{
    /// <summary>
    /// The answer that the append would have had, an error where the stream has grown too much to tell; null where the
    /// stream does not hold its events.
    /// </summary>
    /// <exception cref="EventLogUnavailableException">The server is away.</exception>
    public async Task<BatchAppendResp?> Find(BatchedAppend append, CancellationToken cancellationToken)
    {
        var newestFirst = new List<(Guid Id, long Revision, LogPosition Position)>();
        try
        {
            await foreach (var e in reads.Stream(append.Stream, ReadDirection.Backwards, long.MaxValue, options.RepeatSearchEventsMax, cancellationToken))
            {
                if (e.Position <= append.SentAfter)
                    return null;

                newestFirst.Add((e.Id, e.Revision, e.Position));
                if (e.Id == append.Events[0].Id && Written(append, newestFirst) is { } answer)
                    return answer;
            }
        }
        catch (StreamDeletedException)
        {
            // The server will say so itself.
            return null;
        }

        return newestFirst.Count < options.RepeatSearchEventsMax
            ? null
            : new() { Error = new() { Message = $"whether an append was written before the connection was lost cannot be told, because its stream has grown by more than {options.RepeatSearchEventsMax} events since." } };
    }

    static BatchAppendResp? Written(BatchedAppend append, List<(Guid Id, long Revision, LogPosition Position)> newestFirst)
    {
        var last = newestFirst.Count - append.Events.Count;
        if (last < 0)
            return null;

        for (var n = 0; n < append.Events.Count; n++)
        {
            if (newestFirst[^(n + 1)].Id != append.Events[n].Id)
                return null;
        }

        var position = (ulong)newestFirst[last].Position.Value;
        return new()
        {
            Success = new() { CurrentRevision = (ulong)newestFirst[last].Revision, Position = new() { CommitPosition = position, PreparePosition = position } },
        };
    }
}
