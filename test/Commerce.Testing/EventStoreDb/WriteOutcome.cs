namespace Commerce.Testing.EventStoreDb;

/// <summary>How an append or a deletion went.</summary>
abstract record WriteOutcome
{
    WriteOutcome()
    {
    }

    /// <summary>It is in the log, now or from before.</summary>
    /// <param name="Revision">Of its last event; -1: the stream has none.</param>
    /// <param name="Position">Of its last event; none where nothing had to be written.</param>
    public sealed record Written(long Revision, ulong? Position) : WriteOutcome;

    /// <summary>The stream is elsewhere.</summary>
    /// <param name="Actual">Its last revision; -1: it has no event.</param>
    public sealed record WrongExpectedVersion(long Actual) : WriteOutcome;

    /// <summary>The stream is gone for good, or gone where it had to exist.</summary>
    public sealed record StreamDeleted : WriteOutcome;
}
