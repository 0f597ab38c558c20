using Commerce.Api.Http;
using Commerce.Commands.Payments.Callbacks;
using Commerce.Commands.Webhooks;

namespace Commerce.Api.Webhooks;

/// <summary>Takes what the payment provider sends by itself: keeps it before it answers, and applies nothing here.</summary>
sealed class CallbackDoor(CallbackSource source, ICallbackInbox inbox, TimeProvider time)
{
    /// <summary>Bytes of a callback at most: it tells of one movement.</summary>
    public const int BodyBytesMax = 64 * 1024;

    /// <summary>Nobody of that name sends callbacks.</summary>
    public static readonly Problem ProviderUnknown = new(404, "payment-provider-unknown", "No payment provider of this name sends callbacks here.");

    /// <summary>More bytes than a callback has.</summary>
    public static readonly Problem BodyTooLarge = new(413, "body-too-large", $"A callback has at most {BodyBytesMax} bytes.");

    /// <summary>Signed, and not understood.</summary>
    public static readonly Problem Unreadable = new(400, "callback-unreadable", "The callback is signed as it should be, but says nothing that is understood here; it is kept for a person.");

    readonly WebhookVerifier _verifier = new(source.Secrets, time);

    /// <summary>Takes one.</summary>
    /// <exception cref="CallbackInboxUnavailableException">It cannot be kept now: the provider is to send it again.</exception>
    public async Task<IResult> Take(string provider, HttpContext http, CancellationToken cancellationToken)
    {
        if (provider != source.Provider || source.Secrets.Count == 0)
        {
            return ProviderUnknown;
        }

        var (outcome, refusal) = await Take(http.Request, cancellationToken).ConfigureAwait(false);
        CallbackTelemetry.Answered(provider, outcome);
        if (refusal is { Status: StatusCodes.Status401Unauthorized })
        {
            http.Response.Headers.WWWAuthenticate = "StandardWebhooks";
        }

        return refusal is null ? TypedResults.NoContent() : refusal;
    }

    async Task<(string Outcome, Problem? Refusal)> Take(HttpRequest request, CancellationToken cancellationToken)
    {
        if (await Body(request, cancellationToken).ConfigureAwait(false) is not { } body)
        {
            return (BodyTooLarge.Code, BodyTooLarge);
        }

        var (refusal, id) = _verifier.Verify(request.Headers, body);
        if (refusal is not null)
        {
            return (refusal.Code, refusal);
        }

        var now = time.GetUtcNow();
        var isReadable = ProviderCallback.TryRead(body, out _);
        var callback = new KeptCallback(source.Provider, id, body, now, isReadable ? CallbackState.Waiting : CallbackState.Unreadable)
        {
            TryAt = isReadable ? now : null,
            SettledAt = isReadable ? null : now,
        };
        var isNew = await inbox.Keep(callback, cancellationToken).ConfigureAwait(false);
        return isReadable ? (isNew ? "kept" : "repeated", null) : (Unreadable.Code, Unreadable);
    }

    /// <summary>What was sent, byte for byte; null: too much.</summary>
    static async Task<byte[]?> Body(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > BodyBytesMax)
        {
            return null;
        }

        var buffer = new byte[BodyBytesMax + 1];
        var length = await request.Body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return length > BodyBytesMax ? null : buffer[..length];
    }
}

/// <summary>Whose callbacks are taken.</summary>
/// <param name="Provider">Its name in the address.</param>
/// <param name="Secrets">What it signs with; none: no callbacks are taken.</param>
sealed record CallbackSource(string Provider, IReadOnlyList<WebhookSecret> Secrets);
