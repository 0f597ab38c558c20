using System.Globalization;
using System.Text.Json;
using Commerce.Api.Http;

namespace Commerce.Api.Endpoints;

/// <summary>What a listener is told.</summary>
abstract record LiveNews
{
    LiveNews()
    {
    }

    /// <summary>Figures that changed.</summary>
    /// <param name="Now">They.</param>
    /// <param name="Position">Place in the log of what changed them.</param>
    public sealed record Figures(FlashSaleNow Now, long Position) : LiveNews;

    /// <summary>There are none; the connection lives.</summary>
    public sealed record None : LiveNews;
}

/// <summary>
/// News as server-sent events (WHATWG HTML, 9.2): event <c>figures</c> with its position as id, or a comment where there are none. A
/// listener that does not take what it is sent is let go: what it misses is not kept for it.
/// </summary>
/// <param name="news">What to tell, as it happens.</param>
/// <param name="leave">Called once, when the listener is gone.</param>
/// <param name="time">The clock.</param>
sealed class LiveStream(IAsyncEnumerable<LiveNews> news, Action leave, TimeProvider time) : IResult
{
    /// <summary>Time that a listener has to take one piece of news: its connection is full of earlier ones by then.</summary>
    public static readonly TimeSpan TakeMax = TimeSpan.FromSeconds(10);

    static ReadOnlySpan<byte> Heartbeat => ": heartbeat\n\n"u8;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache,no-store";
        try
        {
            await response.Body.FlushAsync(httpContext.RequestAborted).ConfigureAwait(false);
            await foreach (var item in news.WithCancellation(httpContext.RequestAborted).ConfigureAwait(false))
            {
                if (!await TryTell(httpContext, TextOf(item)).ConfigureAwait(false))
                {
                    httpContext.Abort();
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // The listener went.
        }
        finally
        {
            leave();
        }
    }

    async Task<bool> TryTell(HttpContext httpContext, byte[] text)
    {
        using var limit = new CancellationTokenSource(TakeMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, httpContext.RequestAborted);
        try
        {
            await httpContext.Response.Body.WriteAsync(text, either.Token).ConfigureAwait(false);
            await httpContext.Response.Body.FlushAsync(either.Token).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return false;
        }
    }

    static byte[] TextOf(LiveNews news) => news is LiveNews.Figures figures
        ? [.. "event: figures\ndata: "u8, .. JsonSerializer.SerializeToUtf8Bytes(figures.Now, ApiJson.Default.FlashSaleNow), .. "\nid: "u8, .. System.Text.Encoding.ASCII.GetBytes(figures.Position.ToString(CultureInfo.InvariantCulture)), .. "\n\n"u8]
        : Heartbeat.ToArray();
}
