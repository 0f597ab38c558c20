using System.Globalization;
using Commerce.Api.Http;
using Commerce.Commands.Webhooks;

namespace Commerce.Api.Webhooks;

/// <summary>Whether a webhook is of whom it says it is, and of now (Standard Webhooks, "Verifying signatures").</summary>
/// <param name="secrets">Any of them will do: while a secret is changed, two are valid.</param>
/// <param name="time">The clock.</param>
sealed class WebhookVerifier(IReadOnlyList<WebhookSecret> secrets, TimeProvider time)
{
    public const string IdHeader = WebhookHeaders.Id;
    public const string TimestampHeader = WebhookHeaders.Timestamp;
    public const string SignatureHeader = WebhookHeaders.Signature;

    /// <summary>Characters of an id at most.</summary>
    public const int IdLengthMax = 255;

    /// <summary>How far a webhook's time may be from ours, either way: what was sent before may be somebody's repeat.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    public static readonly Problem HeadersInvalid = new(401, "webhook-headers-invalid", $"A webhook has {IdHeader}, of 1 to {IdLengthMax} printable ASCII characters without a dot, {TimestampHeader}, in whole seconds since 1970, and {SignatureHeader}.");
    public static readonly Problem TimestampOutside = new(401, "webhook-timestamp-outside", $"{TimestampHeader} is more than {Tolerance.TotalMinutes} minutes from now.");
    public static readonly Problem SignatureInvalid = new(401, "webhook-signature-invalid", "No signature is that of this message by a secret that is valid here.");

    /// <summary>Why it is refused, or null; its id.</summary>
    public (Problem? Refusal, string Id) Verify(IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        var (id, timestamp, signatures) = (headers[IdHeader].ToString(), headers[TimestampHeader].ToString(), headers[SignatureHeader].ToString());
        if (!IsId(id) || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || signatures.Length == 0)
        {
            return (HeadersInvalid, id);
        }

        if (Math.Abs((decimal)time.GetUtcNow().ToUnixTimeSeconds() - seconds) > (decimal)Tolerance.TotalSeconds)
        {
            return (TimestampOutside, id);
        }

        var isSigned = false;
        foreach (var secret in secrets)
        {
            isSigned |= secret.HasSigned(id, timestamp, body, signatures);
        }

        return (isSigned ? null : SignatureInvalid, id);
    }

    // A dot in the id could be taken for the one before the timestamp.
    static bool IsId(string id) => id.Length is > 0 and <= IdLengthMax && id.All(c => c is > ' ' and <= '~' and not '.');
}
