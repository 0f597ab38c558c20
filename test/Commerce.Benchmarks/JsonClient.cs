using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Commerce.Domain.Log;

namespace Commerce.Benchmarks;

/// <summary>A client that takes success for an answer and nothing else.</summary>
sealed class JsonClient : IDisposable
{
    static readonly MediaTypeHeaderValue JsonType = new("application/json");

    readonly HttpClient _http;

    /// <summary>A client with so many connections at most.</summary>
    public JsonClient(Uri address, AuthenticationHeaderValue credentials, int connectionsMax) =>
        _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = connectionsMax, UseProxy = false, UseCookies = false })
        {
            BaseAddress = address,
            DefaultRequestHeaders = { Authorization = credentials },
        };

    /// <summary>Posts JSON under a key.</summary>
    /// <exception cref="BenchmarkFailedException">The answer is no 201.</exception>
    public async Task<JsonElement> Post(string path, string body, string key, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, JsonType) };
        request.Headers.Add("Idempotency-Key", $"\"{key}\"");
        return await Send(request, 201, cancellationToken);
    }

    /// <summary>Reads what is at least as new as a position.</summary>
    /// <exception cref="BenchmarkFailedException">The answer is no 200.</exception>
    public async Task<JsonElement> Get(string path, LogPosition position, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Commerce-Min-Position", position.ToString());
        return await Send(request, 200, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    async Task<JsonElement> Send(HttpRequestMessage request, int expected, CancellationToken cancellationToken)
    {
        using var response = await _http.SendAsync(request, cancellationToken);
        return (int)response.StatusCode == expected
            ? await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)
            : throw new BenchmarkFailedException($"{request.Method} {request.RequestUri} answered {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
    }
}
