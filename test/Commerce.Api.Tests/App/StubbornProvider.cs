using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Commerce.Api.Tests.App;

/// <summary>A payment provider over HTTP that agrees to everything, but for a while refuses to let go of what it holds: 409.</summary>
sealed class StubbornProvider : IAsyncDisposable
{
    readonly WebApplication _server;
    readonly ConcurrentQueue<string> _done = [];

    StubbornProvider(WebApplication server) => _server = server;

    /// <summary>Whether it refuses voids now.</summary>
    public bool RefusesVoids { get; set; }

    /// <summary>What it did, by path.</summary>
    public IReadOnlyCollection<string> Done => _done;

    /// <summary>Its base address.</summary>
    public string Address => _server.Urls.Single() + "/";

    /// <summary>Starts it on a free port.</summary>
    public static async Task<StubbornProvider> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var provider = new StubbornProvider(builder.Build());
        provider._server.MapPost("/v1/{what}", provider.Answer);
        await provider._server.StartAsync();
        return provider;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _server.DisposeAsync();

    async Task Answer(HttpContext http)
    {
        var what = http.Request.RouteValues["what"]?.ToString() ?? string.Empty;
        http.Response.ContentType = "application/json";
        if (RefusesVoids && what == "voids")
        {
            http.Response.StatusCode = StatusCodes.Status409Conflict;
            await http.Response.WriteAsync("""{"error":"not-now"}""");
            return;
        }

        _done.Enqueue(what);
        await http.Response.WriteAsync($$"""{"status":"approved","reference":"{{what}}-{{_done.Count}}"}""");
    }
}
