using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>Sends the requests of a seed over many connections, and judges every answer.</summary>
sealed class FuzzRun(Uri server, FuzzedRequests requests, AnswerJudge judge)
{
    /// <summary>Connections at once: more than there are cores, so that some wait for the log while others are served.</summary>
    const int Connections = 24;

    /// <summary>Faults after which no more is sent: they are of few kinds, mostly.</summary>
    const int FaultsMax = 20;

    readonly ConcurrentDictionary<string, int> _outcomes = [];
    readonly ConcurrentQueue<string> _faults = [];
    long _longestTicks;
    int _next;

    /// <summary>Answers by status, and by code where they are problems.</summary>
    public IReadOnlyDictionary<string, int> Outcomes => _outcomes;

    /// <summary>What was wrong, each with the number of its request.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>How long the slowest answer took.</summary>
    public TimeSpan Longest => Stopwatch.GetElapsedTime(0, _longestTicks);

    /// <summary>Sends those from a number on, up to another, which is not sent.</summary>
    public void Send(int from, int to)
    {
        _next = from - 1;
        var senders = Enumerable.Range(0, Math.Min(Connections, to - from)).Select(_ => new Thread(() => Work(to))).ToList();
        senders.ForEach(s => s.Start());
        senders.ForEach(s => s.Join());
    }

    void Work(int to)
    {
        using var connection = new FuzzConnection(server);
        while (Interlocked.Increment(ref _next) is var number && number < to && _faults.Count < FaultsMax)
        {
            var request = requests.Get(number);
            try
            {
                var begun = Stopwatch.GetTimestamp();
                var answer = connection.Send(request);
                Note(request, answer, Stopwatch.GetTimestamp() - begun);
            }
            catch (Exception e) when (e is TimeoutException or FormatException)
            {
                _faults.Enqueue($"{number}: {e.Message}\n{Shown(request.Bytes)}");
                return;
            }
        }
    }

    void Note(FuzzedRequest request, FuzzedAnswer? answer, long ticks)
    {
        _outcomes.AddOrUpdate(OutcomeOf(answer), 1, (_, count) => count + 1);
        for (var longest = Volatile.Read(ref _longestTicks); ticks > longest; longest = Volatile.Read(ref _longestTicks))
        {
            Interlocked.CompareExchange(ref _longestTicks, ticks, longest);
        }

        if (judge.FaultOf(request, answer) is { } fault)
        {
            _faults.Enqueue($"{request.Number}: {fault}\n{Shown(request.Bytes)}\n--> {answer?.Status} {Shown(answer?.Body ?? [])}");
        }
    }

    static string OutcomeOf(FuzzedAnswer? answer)
    {
        if (answer is not { MediaType: Http.Problem.MediaType, Body.Length: > 0 })
        {
            return answer is null ? "closed" : Values.Digits(answer.Status);
        }

        using var problem = JsonDocument.Parse(answer.Body);
        return $"{answer.Status} {(problem.RootElement.TryGetProperty("code", out var code) ? code.GetString() : "?")}";
    }

    static string Shown(byte[] bytes)
    {
        const int BytesMax = 1_500;
        var text = Encoding.Latin1.GetString(bytes, 0, Math.Min(bytes.Length, BytesMax));
        return bytes.Length > BytesMax ? $"{text} … ({bytes.Length} bytes)" : text;
    }
}
