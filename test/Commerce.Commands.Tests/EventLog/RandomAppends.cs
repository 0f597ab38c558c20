using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.EventLog;

/// <summary>One append of a random history.</summary>
sealed record RandomAppend(StreamName Stream, ExpectedRevision Expected, NewEvent[] Events)
{
    public override string ToString() => $"{Stream.Id} at {Expected}: {string.Join(' ', Events.Select(e => e.Id.ToString("n")[..4]))}";
}

/// <summary>Random appends that often meet what is there: at the right revision or just beside it, new or repeated in whole or in part.</summary>
sealed class RandomAppends(Random random, string category)
{
    const int Streams = 3;

    public RandomAppend Next(LogModel model)
    {
        var stream = StreamName.For(category, $"{random.Next(Streams)}");
        var held = model.Held(stream).Length;
        var repeated = random.Next(3) == 0 ? Repeated(model.Writes(stream)) : null;
        return new(stream, Demand(held), repeated ?? [.. New(random.Next(1, 4))]);
    }

    ExpectedRevision Demand(int held) => random.Next(6) switch
    {
        0 => ExpectedRevision.Any,
        1 => ExpectedRevision.Exists,
        2 => ExpectedRevision.None,
        3 => ExpectedRevision.Exact(random.Next(-1, held + 1)),
        _ => ExpectedRevision.Exact(held - 1),
    };

    NewEvent[]? Repeated(Guid[][] writes)
    {
        if (writes.Length == 0)
            return null;

        var ids = writes[random.Next(writes.Length)];
        var same = ids.Take(random.Next(1, ids.Length + 1)).Select(With).ToArray();
        return random.Next(4) == 0 ? [.. same, .. New(1)] : same;
    }

    IEnumerable<NewEvent> New(int count)
    {
        for (var n = 0; n < count; n++)
        {
            var id = new byte[16];
            random.NextBytes(id);
            yield return With(new Guid(id));
        }
    }

    static NewEvent With(Guid id) => new(id, "thing-happened.v1", id.ToByteArray(), default);
}
