using System.Buffers.Text;
using System.Text;

namespace Commerce.Benchmarks.Load;

/// <summary>Checks every answer: an accepted one has an id and a place that no other has, a refusal has a code that may be. Not for several threads at once.</summary>
sealed class AnswerCheck(AnswerShape shape)
{
    readonly byte[] _idField = Quoted(shape.IdField ?? "");
    readonly byte[] _placeField = Quoted(shape.PlaceField ?? "");
    readonly (byte[] Text, string Code)[] _refusals = [.. shape.Refusals.Select(code => (Encoding.UTF8.GetBytes(code), code))];
    readonly Dictionary<int, HashSet<long>> _places = [];
    readonly List<Guid> _ids = [];

    /// <summary>Ids of what was accepted.</summary>
    public IReadOnlyList<Guid> Ids => _ids;

    /// <summary>The code of a refusal; null: it is accepted.</summary>
    /// <exception cref="BenchmarkFailedException">It is neither as it must be.</exception>
    public string? CodeOf(HttpAnswer answer, int path)
    {
        if (answer.Status == shape.AcceptedStatus)
        {
            NoteAccepted(answer, path);
            return null;
        }

        var given = answer.Field("\"code\""u8);
        foreach (var (text, code) in _refusals)
        {
            if (given.SequenceEqual(text))
            {
                return code;
            }
        }

        throw new BenchmarkFailedException($"An answer that was not expected: {answer.Status} {Encoding.UTF8.GetString(answer.Body)}");
    }

    /// <summary>Takes an accepted answer of which only the id was looked at.</summary>
    public void Accept(Guid id) => _ids.Add(id);

    /// <summary>Whether no id came twice.</summary>
    /// <exception cref="BenchmarkFailedException">One did.</exception>
    public void DemandDistinctIds()
    {
        if (_ids.Distinct().Count() is var distinct && distinct != _ids.Count)
        {
            throw new BenchmarkFailedException($"{_ids.Count} requests were accepted under {distinct} ids.");
        }
    }

    void NoteAccepted(HttpAnswer answer, int path)
    {
        if (shape.IdField is not null)
        {
            _ids.Add(Utf8Parser.TryParse(answer.Field(_idField), out Guid id, out _) ? id
                : throw new BenchmarkFailedException($"An accepted answer without {shape.IdField}: {Encoding.UTF8.GetString(answer.Body)}"));
        }

        if (shape.PlaceField is null)
        {
            return;
        }

        if (!_places.TryGetValue(path, out var places))
        {
            _places.Add(path, places = []);
        }

        if (!Utf8Parser.TryParse(answer.Field(_placeField), out long place, out _) || !places.Add(place))
        {
            throw new BenchmarkFailedException($"An accepted answer without a {shape.PlaceField} of its own: {Encoding.UTF8.GetString(answer.Body)}");
        }
    }

    static byte[] Quoted(string name) => Encoding.UTF8.GetBytes($"\"{name}\"");
}
