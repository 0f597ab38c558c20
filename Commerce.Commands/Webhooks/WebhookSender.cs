using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Commerce.Commands.Webhooks;

/// <summary>How one try ended.</summary>
/// <param name="Status">What the receiver answered; null: nothing.</param>
/// <param name="Error">Why it failed, in a word or two; null: it was taken.</param>
public sealed record WebhookAnswer(int? Status, string? Error)
{
    /// <summary>Whether the receiver took it.</summary>
    public bool IsTaken => Error is null;

    /// <summary>Whether the receiver wants no more of them.</summary>
    public bool IsGone => Status == (int)HttpStatusCode.Gone;
}

/// <summary>
/// Sends webhooks. Each goes over a connection of its own to an address that was checked for it; no redirect is followed, no proxy asked,
/// no cookie kept, and of the answer little is read.
/// </summary>
public sealed class WebhookSender : IDisposable
{
    /// <summary>Bytes of an answer that are read: nothing in it matters, a receiver that answers little finds its connection well ended.</summary>
    const int AnswerBytesMax = 16 * 1024;

    /// <summary>KiB of an answer's headers at most.</summary>
    const int HeaderKibMax = 16;

    static readonly MediaTypeHeaderValue Json = new("application/json");

    readonly HttpClient _http;
    readonly TimeSpan _answerTimeMax;
    readonly TimeProvider _time;

    /// <summary>Ready to send.</summary>
    public WebhookSender(WebhookAddresses addresses, TimeSpan answerTimeMax, TimeProvider time)
    {
        (_answerTimeMax, _time) = (answerTimeMax, time);
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectCallback = addresses.Connect,
            MaxResponseHeadersLength = HeaderKibMax,
            // A connection that is used again was not checked again.
            PooledConnectionLifetime = TimeSpan.Zero,
            UseCookies = false,
            UseProxy = false,
        })
        { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Sends one; never throws but when cancelled.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="id">Its id.</param>
    /// <param name="body">Its body.</param>
    /// <param name="signers">What signs it, each on its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<WebhookAnswer> Send(Uri url, string id, byte[] body, IEnumerable<IWebhookSigner> signers, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(_answerTimeMax, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var request = Request(url, id, body, signers);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            await ReadLittle(response, either.Token).ConfigureAwait(false);
            return new((int)response.StatusCode, response.IsSuccessStatusCode ? null : $"answered {(int)response.StatusCode}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new(null, string.Create(CultureInfo.InvariantCulture, $"no answer within {_answerTimeMax.TotalSeconds} s"));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new(null, Reason(e));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    HttpRequestMessage Request(Uri url, string id, byte[] body, IEnumerable<IWebhookSigner> signers)
    {
        var timestamp = _time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) { Headers = { ContentType = Json } } };
        request.Headers.Add(WebhookHeaders.Id, id);
        request.Headers.Add(WebhookHeaders.Timestamp, timestamp);
        request.Headers.Add(WebhookHeaders.Signature, string.Join(' ', signers.Select(s => s.Sign(id, timestamp, body))));
        return request;
    }

    static async Task ReadLittle(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await stream.ReadAtLeastAsync(new byte[AnswerBytesMax], AnswerBytesMax, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
    }

    // In words of ours: a system's own message may tell whoever subscribed what is where in this house.
    static string Reason(Exception e) => e switch
    {
        WebhookAddressRefusedException or { InnerException: WebhookAddressRefusedException } => "address not allowed",
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "host not found",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "no secure connection",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } => "no connection",
        _ => "connection broken or answer invalid",
    };
}

/// <summary>Headers of a webhook (Standard Webhooks, "Webhook headers").</summary>
public static class WebhookHeaders
{
    /// <summary>Its id.</summary>
    public const string Id = "webhook-id";

    /// <summary>When it was sent, in whole seconds since 1970.</summary>
    public const string Timestamp = "webhook-timestamp";

    /// <summary>Its signatures, separated by spaces.</summary>
    public const string Signature = "webhook-signature";
}
