using Commerce.Domain.Seals;

namespace Commerce.Projections.Auditing.Sealing;

/// <summary>
/// Finds out how the events that stand in the log differ from those that a seal sealed, where they do. What was sealed is known by
/// the first eight bytes of each content's hash: an event that is there, but later, was moved; one that is nowhere near was changed, added or removed.
/// </summary>
/// <param name="seal">The seal.</param>
/// <param name="sealed">What it sealed.</param>
/// <param name="events">What stands there now and behind it, so far that what belongs to the seal is among it.</param>
sealed class SealAlignment(SealEvent.Sealed seal, ulong[] @sealed, IReadOnlyList<HashedEvent> events)
{
    readonly Dictionary<ulong, int> _sealedLater = Counted(@sealed);
    readonly Dictionary<ulong, int> _standingLater = Counted(events.Select(e => e.Content.Prefix));
    readonly HashSet<ulong> _movedAway = [];
    readonly HashSet<ulong> _movedHere = [];
    readonly List<SealFinding> _findings = [];
    int _sealedAt;
    int _standingAt;

    /// <summary>Compares them.</summary>
    /// <returns>What differs, and how many of the events the seal is about.</returns>
    public (IReadOnlyList<SealFinding> Findings, int Events) Compare()
    {
        while (_sealedAt < @sealed.Length)
        {
            if (_standingAt == events.Count)
            {
                Removed();
            }
            else if (!PassMoved())
            {
                Step(@sealed[_sealedAt], events[_standingAt]);
            }
        }

        while (_standingAt < events.Count && _movedAway.Remove(events[_standingAt].Content.Prefix))
        {
            PassStanding();
        }

        return (_findings, _standingAt);
    }

    void Step(ulong wanted, HashedEvent standing)
    {
        var actual = standing.Content.Prefix;
        if (actual == wanted)
        {
            PassBoth();
            return;
        }

        var (comesLater, belongsLater) = (_standingLater.ContainsKey(wanted), _sealedLater.ContainsKey(actual));
        if (comesLater && belongsLater)
        {
            Find("event-moved", "Another event was sealed at this place, and this one at another.");
            _movedAway.Add(wanted);
            _movedHere.Add(actual);
            PassBoth();
        }
        else if (comesLater)
        {
            Find("event-added", "No such event was sealed here.");
            PassStanding();
        }
        else if (belongsLater)
        {
            Removed();
        }
        else
        {
            Find("event-changed", "This is not what was sealed at this place.");
            PassBoth();
        }
    }

    // An event that was told to have moved is not told again where it is missing or stands.
    bool PassMoved()
    {
        if (_movedHere.Remove(@sealed[_sealedAt]))
        {
            PassSealed();
            return true;
        }

        if (_movedAway.Remove(events[_standingAt].Content.Prefix))
        {
            PassStanding();
            return true;
        }

        return false;
    }

    void Removed()
    {
        var place = seal.First + _sealedAt;
        var before = _standingAt > 0 ? $"; it stood behind position {events[_standingAt - 1].Event.Position}" : string.Empty;
        _findings.Add(new("event-removed", $"The event at place {place} is gone{before}.", seal.Number, place));
        PassSealed();
    }

    void Find(string code, string text) => _findings.Add(SealFinding.Of(code, text, seal.Number, seal.First + _sealedAt, events[_standingAt].Event));

    void PassBoth()
    {
        PassSealed();
        PassStanding();
    }

    void PassSealed() => Pass(_sealedLater, @sealed[_sealedAt++]);

    void PassStanding() => Pass(_standingLater, events[_standingAt++].Content.Prefix);

    static void Pass(Dictionary<ulong, int> later, ulong prefix)
    {
        if (--later[prefix] == 0)
        {
            later.Remove(prefix);
        }
    }

    static Dictionary<ulong, int> Counted(IEnumerable<ulong> prefixes)
    {
        var counts = new Dictionary<ulong, int>();
        foreach (var prefix in prefixes)
        {
            counts[prefix] = counts.GetValueOrDefault(prefix) + 1;
        }

        return counts;
    }
}
