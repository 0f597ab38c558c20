using Commerce.Api.Http;

namespace Commerce.Api.Hardening;

/// <summary>
/// Refuses an address or headers that are longer than any of ours, with a code. Kestrel has limits of twice that, for what is not even read:
/// it answers with the bare status and closes the connection.
/// </summary>
static class RequestLimits
{
    /// <summary>Adds it; before whatever looks at headers or query.</summary>
    public static void UseRequestLimits(this WebApplication app) => app.Use((HttpContext context, RequestDelegate next) =>
        Refusal(context.Request) is { } problem ? problem.ExecuteAsync(context) : next(context));

    static Problem? Refusal(HttpRequest request) =>
        request.Path.Value?.Length + request.QueryString.Value?.Length > HttpLimits.AddressCharsMax ? Problems.AddressTooLong
        : request.Headers.Count > HttpLimits.HeadersMax || BytesOf(request.Headers) > HttpLimits.HeadersBytesMax ? Problems.HeadersTooLarge
        : null;

    static int BytesOf(IHeaderDictionary headers)
    {
        var bytes = 0;
        foreach (var (name, values) in headers)
        {
            for (var n = 0; n < values.Count; n++)
            {
                bytes += name.Length + (values[n]?.Length ?? 0);
            }
        }

        return bytes;
    }
}
