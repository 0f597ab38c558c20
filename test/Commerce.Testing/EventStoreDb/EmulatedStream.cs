namespace Commerce.Testing.EventStoreDb;

/// <summary>One stream. Deleted softly it hides what it held; deleted for good it holds nothing any more.</summary>
sealed class EmulatedStream
{
    /// <summary>Every event ever written, by revision.</summary>
    public List<LogRecord> Records { get; } = [];

    public long Last => Records.Count - 1;

    /// <summary>The first revision that readers see; after the last where it is softly deleted.</summary>
    public long First { get; private set; }

    public bool IsTombstoned { get; private set; }

    public bool IsSoftlyDeleted { get; private set; }

    public void Add(LogRecord record)
    {
        IsSoftlyDeleted = false;
        Records.Add(record);
    }

    public void Delete()
    {
        IsSoftlyDeleted = true;
        First = Last + 1;
    }

    public void Tombstone() => IsTombstoned = true;
}

/// <summary>What readers find of a stream.</summary>
/// <param name="First">Its first revision to be seen.</param>
/// <param name="Last">Its last revision; less than the first where there is no such stream.</param>
/// <param name="IsTombstoned">Deleted for good.</param>
readonly record struct StreamView(long First, long Last, bool IsTombstoned)
{
    public bool IsThere => !IsTombstoned && First <= Last;
}
