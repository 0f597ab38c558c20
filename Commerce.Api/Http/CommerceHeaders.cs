using Commerce.Api.Admission;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Http;

/// <summary>Names of the headers that are ours or that the framework has no name for.</summary>
static class CommerceHeaders
{
    /// <summary>Names one command, so that a repeat is known (IETF draft-ietf-httpapi-idempotency-key-header).</summary>
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary><c>true</c>: this is the answer of an earlier request with the same key.</summary>
    public const string IdempotencyReplayed = "Idempotency-Replayed";

    /// <summary>Place of a command's last event in the log.</summary>
    public const string Position = "Commerce-Position";

    /// <summary>A query waits until its read model has seen this place in the log.</summary>
    public const string MinPosition = "Commerce-Min-Position";

    /// <summary>Every event of the log up to here is in what was read.</summary>
    public const string AsOfPosition = "Commerce-As-Of-Position";

    /// <summary>When the read model came to that position.</summary>
    public const string AsOfTime = "Commerce-As-Of-Time";

    /// <summary>Whole seconds since the log took the first event that is missing in what was read; 0: none is.</summary>
    public const string Lag = "Commerce-Lag";

    /// <summary>Rows at which a report is cut.</summary>
    public const string RowLimit = "Commerce-Row-Limit";

    /// <summary>What a listener heard last (WHATWG HTML, 9.2.5).</summary>
    public const string LastEventId = "Last-Event-ID";

    /// <summary>Those that answers of every kind have, refusals included.</summary>
    public static readonly string[] OfEveryAnswer =
    [
        HeaderNames.XContentTypeOptions, HeaderNames.XFrameOptions, HeaderNames.ContentSecurityPolicy, "Referrer-Policy", HeaderNames.CacheControl,
        HeaderNames.StrictTransportSecurity, RateLimitHeaders.Policy, RateLimitHeaders.Limit,
    ];

    /// <summary>Those that a page of another origin may read, where it may call at all.</summary>
    public static readonly string[] Told =
    [
        HeaderNames.ETag, HeaderNames.Location, HeaderNames.RetryAfter, IdempotencyReplayed, Position, AsOfPosition, AsOfTime, Lag, RowLimit, RateLimitHeaders.Policy, RateLimitHeaders.Limit,
    ];
}
