using System.Runtime.InteropServices;

namespace Commerce.Api.Links;

/// <summary>
/// How often links were followed, since it was last taken. Counted in memory: an event for each click would make every click a write. A process
/// that dies loses what it has not taken to the log yet.
/// </summary>
sealed class ClickCounter
{
    /// <summary>Links that are counted between two times of taking; clicks of further ones are not counted.</summary>
    public const int LinksMax = 100_000;

    readonly Lock _lock = new();
    Dictionary<Guid, long> _counts = [];

    /// <summary>Counts some clicks of a link.</summary>
    public void Add(Guid link, long times = 1)
    {
        lock (_lock)
        {
            if (_counts.Count < LinksMax || _counts.ContainsKey(link))
            {
                CollectionsMarshal.GetValueRefOrAddDefault(_counts, link, out _) += times;
            }
        }
    }

    /// <summary>Takes what was counted, and begins anew.</summary>
    public IReadOnlyDictionary<Guid, long> Take()
    {
        lock (_lock)
        {
            var taken = _counts;
            _counts = [];
            return taken;
        }
    }
}
