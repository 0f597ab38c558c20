namespace Commerce.Testing;

/// <summary>
/// Sequences that come bit by bit, as a whole. LINQ's words for it are taken twice where EventStoreDB's official client brings its own
/// LINQ of such sequences along: the compiler then takes neither.
/// </summary>
public static class Sequences
{
    /// <summary>Waits for all of it.</summary>
    public static async Task<List<T>> Collect<T>(this IAsyncEnumerable<T> sequence)
    {
        var all = new List<T>();
        await foreach (var item in sequence)
            all.Add(item);

        return all;
    }
}
