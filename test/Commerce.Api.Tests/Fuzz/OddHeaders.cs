namespace Commerce.Api.Tests.Fuzz;

/// <summary>Headers that servers have stumbled over.</summary>
static class OddHeaders
{
    /// <summary>Media types that are none, or other ones.</summary>
    public static readonly string[] MediaTypes =
    [
        "text/plain", "application/xml", "application/json; charset=utf-16", "application/json; charset=nonsense", "application/json; charset=utf-7", "application/json; charset=\"utf-8\"", "application/json;", "application/problem+json", "multipart/form-data", "*/*", "a", "/", "", "application/json, text/plain",
        "application/x-www-form-urlencoded", "application/grpc", "APPLICATION/JSON",
    ];

    /// <summary>Whole lines.</summary>
    public static readonly string[] All =
    [
        "Accept: text/csv", "Accept: application/x-ndjson", "Accept: image/png", "Accept: a", "Accept: */*;q=2", "Accept: application/json;q=0", "Accept-Encoding: gzip, br", "Accept-Charset: utf-7", "Accept-Language: \u00e4",
        "If-Match: *", "If-Match: \"1\", \"2\"", "If-None-Match: *", "If-None-Match: \"0\"", "If-None-Match: x", "If-Modified-Since: x", "Range: bytes=0-1", "Range: bytes=-", "Idempotency-Key: ", "Idempotency-Key: \"", "Idempotency-Key: \u00e4",
        "Idempotency-Key: \"a\\\"", "Idempotency-Key: a,b", "Commerce-Min-Position: 0", "Commerce-Min-Position: 00000000000000000000000000000000001", "Commerce-Min-Position: 1.5", "Content-Encoding: gzip", "Content-Encoding: br",
        "X-HTTP-Method-Override: DELETE", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: x", "X-Forwarded-Proto: gopher", "Forwarded: for=_x", "Origin: null", "Origin: https://evil.example", "Cookie: a=b; c", "Authorization: Bearer x", "Authorization: Basic Og==",
        "Authorization: x", "X-Api-Key: x", "traceparent: 00-00000000000000000000000000000000-0000000000000000-00", "traceparent: x", "traceparent: ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "tracestate: \u00e4", "baggage: a=b,c",
        "Upgrade: h2c", "Upgrade: websocket", "Connection: upgrade", "Last-Event-ID: x", "Last-Event-ID: 1", "TE: trailers", "Max-Forwards: 0", "Referer: x", "User-Agent: ", "webhook-id: a", "webhook-timestamp: x", "webhook-signature: v1,x", "X-A: \u0001", "Date: x",
    ];
}
