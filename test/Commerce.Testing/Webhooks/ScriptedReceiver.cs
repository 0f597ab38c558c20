using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NUnit.Framework;

namespace Commerce.Testing.Webhooks;

/// <summary>A webhook as its receiver got it.</summary>
/// <param name="Path">Where.</param>
/// <param name="Id">Its id.</param>
/// <param name="SentAt">When it says that it was sent.</param>
/// <param name="Signature">What signs it.</param>
/// <param name="Body">Its body.</param>
public sealed record Received(string Path, string Id, DateTimeOffset SentAt, string Signature, string Body)
{
    readonly JsonElement _body = JsonDocument.Parse(Body).RootElement;

    /// <summary>Stream of the event.</summary>
    public string Stream => Text("stream");

    /// <summary>Its name.</summary>
    public string Type => Text("type");

    /// <summary>What it says.</summary>
    public JsonElement Data => _body.GetProperty("data");

    string Text(string name) => _body.GetProperty(name).GetString() ?? throw new AssertionException(Body);
}

/// <summary>A receiver of webhooks that answers as the test wants it.</summary>
public sealed class ScriptedReceiver : IAsyncDisposable
{
    readonly WebApplication _server;
    readonly ConcurrentQueue<Received> _taken = new();
    readonly ConcurrentQueue<Received> _asked = new();
    int _tries;

    ScriptedReceiver(WebApplication server) => _server = server;

    /// <summary>How it answers: a status.</summary>
    public Func<Received, CancellationToken, Task<int>> Answer { get; set; } = (_, _) => Task.FromResult(204);

    /// <summary>Where a 3xx leads.</summary>
    public string Location { get; set; } = "/elsewhere";

    /// <summary>What it got, whatever it answered.</summary>
    public IReadOnlyList<Received> Asked => [.. _asked];

    /// <summary>What it took: answered with 2xx.</summary>
    public IReadOnlyList<Received> Taken => [.. _taken];

    /// <summary>How often it was asked.</summary>
    public int Tries => Volatile.Read(ref _tries);

    /// <summary>Where it is.</summary>
    public string Url => _server.Urls.First();

    /// <summary>Starts it on a free port of this machine.</summary>
    public static async Task<ScriptedReceiver> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var receiver = new ScriptedReceiver(builder.Build());
        receiver._server.Run(receiver.Take);
        await receiver._server.StartAsync();
        return receiver;
    }

    /// <summary>Always the same from now on.</summary>
    public void Answers(int status) => Answer = (_, _) => Task.FromResult(status);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task Take(HttpContext http)
    {
        using var body = new StreamReader(http.Request.Body);
        var received = new Received(
            http.Request.Path,
            http.Request.Headers["webhook-id"].ToString(),
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(http.Request.Headers["webhook-timestamp"].ToString(), CultureInfo.InvariantCulture)),
            http.Request.Headers["webhook-signature"].ToString(),
            await body.ReadToEndAsync());
        _asked.Enqueue(received);
        Interlocked.Increment(ref _tries);
        http.Response.StatusCode = await Answer(received, http.RequestAborted);
        if (http.Response.StatusCode is >= 300 and < 400)
        {
            http.Response.Headers.Location = Location;
        }

        if (http.Response.StatusCode is >= 200 and < 300)
        {
            _taken.Enqueue(received);
        }
    }
}
