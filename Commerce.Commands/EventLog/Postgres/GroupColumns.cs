using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.Postgres;

/// <summary>A group of appends as the arrays that the wire takes: the first event of each in arrays of their own, the others after one another.</summary>
sealed class GroupColumns
{
    readonly List<string> _names;

    /// <summary>Of these appends, each with one event at least.</summary>
    public GroupColumns(IReadOnlyList<PendingAppend> appends)
    {
        var places = new Dictionary<StreamName, int>(appends.Count);
        _names = new(appends.Count);
        (Streams, Places, Expected, Counts, Skips) = (new string[appends.Count], new int[appends.Count], new long[appends.Count], new int[appends.Count], new int[appends.Count]);
        Firsts = new EventColumns(appends.Count);
        Others = new EventColumns(appends.Sum(a => a.Events.Count) - appends.Count);
        for (var a = 0; a < appends.Count; a++)
        {
            var append = appends[a];
            Streams[a] = append.Stream.Value;
            if (!places.TryGetValue(append.Stream, out Places[a]))
            {
                _names.Add(append.Stream.Value);
                places.Add(append.Stream, Places[a] = _names.Count);
            }

            Expected[a] = Coded(append.Expected);
            Counts[a] = append.Events.Count;
            Skips[a] = Others.Count;
            Firsts.Add(append.Events[0]);
            for (var e = 1; e < append.Events.Count; e++)
                Others.Add(append.Events[e]);
        }
    }

    /// <summary>Streams, each once.</summary>
    public string[] Names => [.. _names];

    /// <summary>Stream of each append.</summary>
    public string[] Streams { get; }

    /// <summary>The same as its place in <see cref="Names"/>, from 1.</summary>
    public int[] Places { get; }

    /// <summary>Revision that each append expects; -1 none, -2 any, -4 exists.</summary>
    public long[] Expected { get; }

    /// <summary>Events of each append.</summary>
    public int[] Counts { get; }

    /// <summary>For each append, how many of <see cref="Others"/> come before its own.</summary>
    public int[] Skips { get; }

    /// <summary>First event of each append.</summary>
    public EventColumns Firsts { get; }

    /// <summary>All other events.</summary>
    public EventColumns Others { get; }

    /// <summary>All events.</summary>
    public int Events => Counts.Length + Others.Count;

    /// <summary>Whether each append has a stream of its own and says which revision it expects there: almost every group.</summary>
    public bool IsPlain => _names.Count == Streams.Length && Array.TrueForAll(Expected, e => e >= -1);

    // The numbers that the schema's function knows.
    static long Coded(ExpectedRevision expected) =>
        expected.Revision ?? (expected == ExpectedRevision.Any ? -2 : -4);
}

/// <summary>Events, a column an array.</summary>
sealed class EventColumns(int count)
{
    public Guid[] Ids { get; } = new Guid[count];

    public string[] Types { get; } = new string[count];

    public ReadOnlyMemory<byte>[] Data { get; } = new ReadOnlyMemory<byte>[count];

    public ReadOnlyMemory<byte>[] Metadata { get; } = new ReadOnlyMemory<byte>[count];

    public int Count { get; private set; }

    public void Add(NewEvent e)
    {
        (Ids[Count], Types[Count], Data[Count], Metadata[Count]) = (e.Id, e.Type, e.Data, e.Metadata);
        Count++;
    }
}
