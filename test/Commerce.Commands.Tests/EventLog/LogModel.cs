using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog;

/// <summary>What the log is, said as plainly as can be: the list of what every append wrote.</summary>
sealed class LogModel
{
    readonly List<(StreamName Stream, Guid[] Ids)> _writes = [];

    /// <summary>Ids of all events, in the order of the log.</summary>
    public IEnumerable<(StreamName Stream, Guid Id)> Everything => _writes.SelectMany(w => w.Ids.Select(id => (w.Stream, id)));

    public Guid[] Held(StreamName stream) => [.. _writes.Where(w => w.Stream == stream).SelectMany(w => w.Ids)];

    /// <summary>Ids of what earlier appends to the stream wrote.</summary>
    public Guid[][] Writes(StreamName stream) => [.. _writes.Where(w => w.Stream == stream).Select(w => w.Ids)];

    /// <summary>The revision that a success names, else the actual one.</summary>
    public static (long? Appended, long? Actual) AnswerOf(AppendResult result) => result switch
    {
        AppendResult.Appended r => (r.Revision, null),
        AppendResult.WrongExpectedRevision r => (null, r.Actual),
        _ => throw new ArgumentOutOfRangeException(nameof(result)),
    };

    /// <summary>What the log may answer: where the stream holds the same append twice, a repeat at any revision is either.</summary>
    public (long? Appended, long? Actual)[] Append(StreamName stream, ExpectedRevision expected, Guid[] ids)
    {
        var held = Held(stream);
        var actual = held.Length - 1;
        int[] places = expected.Revision is { } revision
            ? [(int)revision + 1]
            : [.. Starts(stream).Where(start => held[start] == ids[0])];
        var repeated = places.Where(p => held.Skip(p).Take(ids.Length).SequenceEqual(ids)).ToArray();
        if (repeated.Length > 0)
            return [.. repeated.Select(place => ((long?)place + ids.Length - 1, (long?)null))];

        if (!expected.IsMetBy(actual) || (expected.Revision is null && places.Length > 0))
            return [(null, actual)];

        _writes.Add((stream, ids));
        return [(actual + ids.Length, null)];
    }

    IEnumerable<int> Starts(StreamName stream)
    {
        var start = 0;
        foreach (var write in Writes(stream))
        {
            yield return start;
            start += write.Length;
        }
    }
}
