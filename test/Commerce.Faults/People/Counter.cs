using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.Faults.Site;

namespace Commerce.Faults.People;

/// <summary>What the API answered.</summary>
sealed record Reply(HttpStatusCode Status, JsonNode? Body, bool IsReplay)
{
    /// <summary>Whether it did what was asked.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>A text of the body.</summary>
    public string? Text(string name) => Body?[name]?.ToString();
}

/// <summary>
/// Where customers ask: whichever process answers. Who gets no answer, or hears that something is away, asks again under the
/// same key, as a well-behaved client does.
/// </summary>
sealed class Counter : IDisposable
{
    /// <summary>How long one answer is waited for: a process that hangs is left for another.</summary>
    static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(20);

    /// <summary>How long a customer insists in all; longer than any strike and what it takes to come back from it.</summary>
    static readonly TimeSpan PatienceMax = TimeSpan.FromMinutes(4);

    static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(100);
    static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);

    readonly HttpClient[] _doors;
    readonly ConcurrentDictionary<string, int> _refusals = new(StringComparer.Ordinal);
    readonly ConcurrentQueue<string> _defects = [];
    int _inFlight;
    int _lost;
    int _sent;

    /// <param name="doors">Where the API is served.</param>
    public Counter(IEnumerable<Uri> doors) => _doors = [.. doors.Select(door => Door(door))];

    static HttpClient Door(Uri address) => new() { BaseAddress = address, Timeout = AnswerTimeMax, DefaultRequestHeaders = { Authorization = ServingProcess.Credentials } };

    /// <summary>Requests that wait for an answer now.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>Requests sent.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Requests whose answer never came.</summary>
    public int Lost => Volatile.Read(ref _lost);

    /// <summary>How often something was said to be away, by its code.</summary>
    public IReadOnlyDictionary<string, int> Away => _refusals;

    /// <summary>Answers that no client may get.</summary>
    public IReadOnlyCollection<string> Defects => _defects;

    /// <summary>Asks until there is an answer.</summary>
    /// <returns>The answer; null: there was none in all that time.</returns>
    public async Task<Reply?> Insist(HttpMethod method, string path, JsonObject? body, string? key, Random random, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        for (var door = random.Next(_doors.Length); TimeProvider.System.GetElapsedTime(since) < PatienceMax; door++)
        {
            var (reply, pause) = await Ask(_doors[door % _doors.Length], method, path, body, key, cancellationToken);
            if (reply is not null)
            {
                return reply;
            }

            pause = pause < PauseMin ? PauseMin : pause > PauseMax ? PauseMax : pause;
            await Task.Delay(pause * (0.5 + random.NextDouble()), cancellationToken);
        }

        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var door in _doors)
        {
            door.Dispose();
        }
    }

    async Task<(Reply? Reply, TimeSpan Pause)> Ask(HttpClient door, HttpMethod method, string path, JsonObject? body, string? key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", $"\"{key}\"");
        }

        Interlocked.Increment(ref _sent);
        Interlocked.Increment(ref _inFlight);
        try
        {
            using var response = await door.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            var json = text.Length == 0 ? null : JsonNode.Parse(text);
            if ((int)response.StatusCode < 500)
            {
                return (new Reply(response.StatusCode, json, response.Headers.Contains("Idempotency-Replayed")), default);
            }

            var code = json?["code"]?.ToString() ?? "none";
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || response.Headers.RetryAfter?.Delta is null)
            {
                _defects.Enqueue($"{method} {path} was answered {(int)response.StatusCode} {code}: {text}");
            }

            _refusals.AddOrUpdate(code, 1, (_, n) => n + 1);
            return (null, response.Headers.RetryAfter?.Delta ?? PauseMax);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            Interlocked.Increment(ref _lost);
            return (null, PauseMin);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}
