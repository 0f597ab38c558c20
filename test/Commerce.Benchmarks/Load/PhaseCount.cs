using System.Diagnostics;

namespace Commerce.Benchmarks.Load;

/// <summary>What is counted of a phase. Not for several threads at once.</summary>
/// <param name="phase">The phase.</param>
/// <param name="begins">When it begins, as a timestamp of <see cref="Stopwatch"/>.</param>
sealed class PhaseCount(LoadPhase phase, long begins)
{
    readonly LatencyHistogram _accepted = new();
    readonly LatencyHistogram _acceptedAnswer = new();
    readonly LatencyHistogram _refusedAnswer = new();
    readonly SortedDictionary<string, long> _refused = new(StringComparer.Ordinal);
    readonly List<(LatencyHistogram Accepted, long Refused)> _seconds = [];
    long _begun;
    long _lastAnswer;
    long _lastAccepted;
    bool _isCutShort;

    /// <summary>Which path its requests take; null: each connection's own.</summary>
    public int? Path => phase.Path;

    /// <summary>When nothing more is begun.</summary>
    public long Ends { get; private set; } = EndOf(phase, begins);

    /// <summary>When the next request is to be sent: in an open loop the clock's word, else now.</summary>
    public long NextDueAt(long now) => phase.PerSecond is { } rate ? begins + (long)(_begun / rate * Stopwatch.Frequency) : now;

    /// <summary>Counts one as begun.</summary>
    public void Begin() => _begun++;

    /// <summary>Begins nothing more.</summary>
    public void CutShort()
    {
        _isCutShort = true;
        Ends = begins;
    }

    /// <summary>Counts an accepted one.</summary>
    public void Accept(long dueAt, long sentAt)
    {
        var now = Stopwatch.GetTimestamp();
        var latency = Stopwatch.GetElapsedTime(dueAt, now);
        _lastAccepted = now;
        _accepted.Add(latency);
        _acceptedAnswer.Add(Stopwatch.GetElapsedTime(sentAt, now));
        _seconds[SecondOf(now)].Accepted.Add(latency);
    }

    /// <summary>Counts a refused one.</summary>
    public void Refuse(string code, long sentAt)
    {
        var now = Stopwatch.GetTimestamp();
        _refusedAnswer.Add(Stopwatch.GetElapsedTime(sentAt, now));
        _refused[code] = _refused.GetValueOrDefault(code) + 1;
        var second = SecondOf(now);
        _seconds[second] = _seconds[second] with { Refused = _seconds[second].Refused + 1 };
    }

    /// <summary>All of it.</summary>
    public PhaseResult Result()
    {
        var due = phase.PerSecond is { } rate ? (long)(rate * phase.Seconds) : _begun;
        return new(
            Stopwatch.GetElapsedTime(begins, _isCutShort ? _lastAccepted : Math.Max(Ends, _lastAnswer)).TotalSeconds, _accepted.Count, _refused, Math.Max(0, due - _begun),
            _accepted.Summary(), _acceptedAnswer.Summary(), _refusedAnswer.Summary(), [.. _seconds.Select(s => new SecondResult(s.Accepted.Count, s.Refused, s.Accepted.PercentileMs(99)))]);
    }

    static long EndOf(LoadPhase phase, long begins) => begins + (long)(phase.Seconds * Stopwatch.Frequency);

    int SecondOf(long now)
    {
        _lastAnswer = now;
        var second = (int)Stopwatch.GetElapsedTime(begins, now).TotalSeconds;
        while (_seconds.Count <= second)
        {
            _seconds.Add((new(), 0));
        }

        return second;
    }
}
