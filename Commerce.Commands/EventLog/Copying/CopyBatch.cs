using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.Copying;

/// <summary>Events on their way into the target: those that follow each other in one stream make one append.</summary>
sealed class CopyBatch
{
    /// <summary>Events of one batch: some 20 ms of inserting, so that the fsync at its end does not count.</summary>
    public const int EventsMax = 2_000;

    /// <summary>Bytes of one batch: the source is read ahead of the target by one batch more.</summary>
    public const int BytesMax = 4 * 1024 * 1024;

    readonly List<StreamAppend> _appends = [];
    readonly HashSet<Guid> _ids = [];
    List<NewEvent> _run = [];
    long _runBytes;
    long _bytes;

    public IReadOnlyList<StreamAppend> Appends => _appends;

    public int Events => _ids.Count;

    /// <summary>Where the source is after the batch.</summary>
    public LogPosition End { get; private set; }

    /// <summary>Takes the next event, unless the batch is full or holds its id in another stream: such an id opens the next batch.</summary>
    public bool TryAdd(RecordedEvent e)
    {
        if (Events >= EventsMax || _bytes >= BytesMax || !_ids.Add(e.Id))
            return false;

        var copy = Copy(e);
        if (_appends is not [.., { Stream: var stream }] || stream != e.Stream || _run.Count == IEventLog.AppendEventsMax || _runBytes + copy.Size > IEventLog.AppendBytesMax)
        {
            (_run, _runBytes) = ([], 0);
            _appends.Add(new(e.Stream, ExpectedRevision.Exact(e.Revision - 1), _run));
        }

        _run.Add(copy);
        _runBytes += copy.Size;
        _bytes += copy.Size;
        End = e.Position;
        return true;
    }

    // An event that is as large as one may be keeps its metadata as it is: there is no room for the time.
    static NewEvent Copy(RecordedEvent e)
    {
        var copy = new NewEvent(e.Id, e.Type, e.Data, e.Metadata);
        return copy.Size + CopiedMetadata.SizeMax > IEventLog.AppendBytesMax ? copy : copy with { Metadata = CopiedMetadata.With(e.Metadata, e.RecordedAt) };
    }
}
