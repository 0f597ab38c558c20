using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Commerce.Api.Cli.Demo;

/// <summary>What the API answered.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Body">The JSON body, or null where there is none.</param>
/// <param name="IsReplay">The API says that it answered this key before.</param>
sealed record ShopAnswer(HttpStatusCode Status, JsonNode? Body, bool IsReplay)
{
    /// <summary>Whether it did what was asked.</summary>
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    /// <summary>Code of the refusal, or null.</summary>
    public string? Code => Body?["code"]?.GetValue<string>();

    /// <summary>A text of the body.</summary>
    /// <exception cref="DemoFailedException">It is not there.</exception>
    public string Text(string name) => Body?[name]?.ToString()
        ?? throw new DemoFailedException($"The API answered {(int)Status} without '{name}': {Body?.ToJsonString()}");
}

/// <summary>The demo did not get what it needs; its message is a sentence for the person who watches.</summary>
sealed class DemoFailedException(string message) : Exception(message);

/// <summary>A client of the API as any other: HTTP and JSON, nothing else.</summary>
sealed class ShopClient(HttpClient http)
{
    /// <summary>Times that a request is sent when the API says that it is busy, as a well-behaved client does.</summary>
    const int AttemptsMax = 20;

    long _position;

    /// <summary>Sends a command under a key.</summary>
    public Task<ShopAnswer> Post(string path, JsonObject body, string key, CancellationToken cancellationToken) =>
        Send(() => new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body), Headers = { { "Idempotency-Key", $"\"{key}\"" } } }, cancellationToken);

    /// <summary>Reads what is at least as new as the last command's answer.</summary>
    /// <exception cref="DemoFailedException">The API does not answer with success.</exception>
    public async Task<JsonNode> Get(string path, CancellationToken cancellationToken)
    {
        var position = Interlocked.Read(ref _position).ToString(CultureInfo.InvariantCulture);
        var answer = await Send(() => new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Commerce-Min-Position", position } } }, cancellationToken).ConfigureAwait(false);
        return answer is { IsSuccess: true, Body: { } body } ? body : throw new DemoFailedException($"GET {path} answered {(int)answer.Status} {answer.Code}.");
    }

    async Task<ShopAnswer> Send(Func<HttpRequestMessage> create, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var request = create();
            using var response = await http.SendAsync(request, cancellationToken).ConfigureAwait(false);
            if (response.StatusCode == HttpStatusCode.ServiceUnavailable && attempt < AttemptsMax)
            {
                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(false);
                continue;
            }

            return await Read(response, cancellationToken).ConfigureAwait(false);
        }
    }

    async Task<ShopAnswer> Read(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) ?? false;
        var body = isJson ? await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken).ConfigureAwait(false) : null;
        if (response.IsSuccessStatusCode && body is JsonObject && body["position"] is { } position)
        {
            Advance(long.Parse(position.ToString(), CultureInfo.InvariantCulture));
        }

        return new ShopAnswer(response.StatusCode, body, response.Headers.Contains("Idempotency-Replayed"));
    }

    void Advance(long position)
    {
        for (var seen = Interlocked.Read(ref _position); position > seen; seen = Interlocked.Read(ref _position))
        {
            Interlocked.CompareExchange(ref _position, position, seen);
        }
    }
}
