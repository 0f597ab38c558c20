namespace Commerce.Testing.EventStoreDb;

/// <summary>What an append expects of its stream: a last revision, or one of these numbers, which are the server's own.</summary>
static class ExpectedVersion
{
    public const long NoStream = -1;
    public const long Any = -2;
    public const long StreamExists = -4;

    /// <summary>A revision of the wire; its last number is none at all.</summary>
    public static long Exactly(ulong revision) => revision == ulong.MaxValue ? NoStream : (long)Math.Min(revision, long.MaxValue);
}
