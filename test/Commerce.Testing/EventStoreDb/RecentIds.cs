namespace Commerce.Testing.EventStoreDb;

/// <summary>The ids that were written last, with where.</summary>
sealed class RecentIds(int max)
{
    readonly Dictionary<(string Stream, Guid Id), LogRecord> _records = [];
    readonly Queue<LogRecord> _order = [];

    public LogRecord? Find(string stream, Guid id) => _records.GetValueOrDefault((stream, id));

    public void Add(LogRecord record)
    {
        if (_order.Count == max)
        {
            var oldest = _order.Dequeue();
            // The same id may have been written again since.
            if (_records.GetValueOrDefault((oldest.Stream, oldest.Id)) == oldest)
                _records.Remove((oldest.Stream, oldest.Id));
        }

        _order.Enqueue(record);
        _records[(record.Stream, record.Id)] = record;
    }

    public void Forget()
    {
        _records.Clear();
        _order.Clear();
    }
}
