using Commerce.Commands.Payments.Callbacks;

namespace Commerce.Simulation.Servers;

/// <summary>Callbacks that were kept, durable for all processes; the rules of the table in PostgreSQL.</summary>
sealed class CallbackTable
{
    readonly SortedDictionary<string, KeptCallback> _kept = new(StringComparer.Ordinal);

    /// <summary>Keeps one, unless its id is kept already.</summary>
    public bool Keep(KeptCallback callback) => _kept.TryAdd(callback.Id, callback);

    /// <summary>Those to be tried by now.</summary>
    public List<KeptCallback> Due(DateTimeOffset now) => [.. _kept.Values.Where(c => c.State == CallbackState.Waiting && c.TryAt <= now).OrderBy(c => c.TryAt)];

    /// <summary>Notes what became of one, if it still waits.</summary>
    public bool Note(KeptCallback callback)
    {
        var waits = _kept[callback.Id].State == CallbackState.Waiting;
        if (waits)
        {
            _kept[callback.Id] = callback;
        }

        return waits;
    }
}
