using System.Globalization;

namespace Commerce.Api.Admission;

/// <summary>
/// What a client may still send, as fields of HTTP (IETF draft-ietf-httpapi-ratelimit-headers, structured fields of RFC 9651): the policies
/// that hold, and what is left of a client's quota with the seconds until it is whole again.
/// </summary>
sealed class RateLimitHeaders(AdmissionOptions options)
{
    /// <summary>Name of the field that tells the policies.</summary>
    public const string Policy = "RateLimit-Policy";

    /// <summary>Name of the field that tells what is left.</summary>
    public const string Limit = "RateLimit";

    readonly string _client = string.Create(CultureInfo.InvariantCulture, $"\"client\";q={options.ClientBurst};w={SecondsFor(options, options.ClientBurst)}");
    readonly string _clientAndSale = string.Create(
        CultureInfo.InvariantCulture, $"\"client\";q={options.ClientBurst};w={SecondsFor(options, options.ClientBurst)}, \"sale\";q={options.SaleClaims};qu=\"concurrent-requests\"");

    /// <summary>Sets them.</summary>
    /// <param name="headers">Of the answer.</param>
    /// <param name="left">Requests that the client may send at once.</param>
    /// <param name="isGated">Whether the address has a gate as well.</param>
    public void Set(IHeaderDictionary headers, long left, bool isGated)
    {
        headers[Policy] = isGated ? _clientAndSale : _client;
        headers[Limit] = string.Create(CultureInfo.InvariantCulture, $"\"client\";r={left};t={SecondsFor(options, options.ClientBurst - left)}");
    }

    static long SecondsFor(AdmissionOptions options, long requests) => (requests + options.ClientPerSecond - 1) / options.ClientPerSecond;
}
