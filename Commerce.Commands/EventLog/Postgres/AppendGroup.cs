namespace Commerce.Commands.EventLog.Postgres;

/// <summary>Appends that go to the server in one call and one transaction.</summary>
sealed class AppendGroup(PostgresEventLogOptions options)
{
    /// <summary>Of a full group, the part that is large.</summary>
    const int LargePart = 4;

    readonly List<PendingAppend> _appends = [];
    readonly HashSet<Guid> _ids = [];
    int _events;
    long _bytes;

    public IReadOnlyList<PendingAppend> Appends => _appends;

    public int Events => _events;

    /// <summary>Whether it has no room for a further append.</summary>
    public bool IsFull => _appends.Count >= options.GroupAppendsMax || _events >= options.GroupEventsMax || _bytes >= options.GroupBytesMax;

    /// <summary>Whether it is so much that to send it takes longer than to commit it.</summary>
    public bool IsLarge => _events >= options.GroupEventsMax / LargePart || _bytes >= options.GroupBytesMax / LargePart;

    /// <summary>
    /// Takes the append, unless it shares an event id with one that is in already: whether it repeats that one can only
    /// be decided when that one is in the log. False: it opens the next group.
    /// </summary>
    public bool TryAdd(PendingAppend append)
    {
        foreach (var e in append.Events)
        {
            if (_ids.Contains(e.Id))
                return false;
        }

        foreach (var e in append.Events)
            _ids.Add(e.Id);

        _appends.Add(append);
        _events += append.Events.Count;
        _bytes += append.Bytes;
        return true;
    }

    public void Clear()
    {
        _appends.Clear();
        _ids.Clear();
        _events = 0;
        _bytes = 0;
    }
}
