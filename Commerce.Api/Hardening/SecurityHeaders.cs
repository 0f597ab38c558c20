using Commerce.Api.Http;

namespace Commerce.Api.Hardening;

/// <summary>
/// Fields of every answer that tell browsers what not to do with it (OWASP, REST Security and HTTP Headers cheat sheets): answers are data, so nothing
/// in them runs, nobody frames them, and no cache keeps them where an address does not say otherwise.
/// </summary>
static class SecurityHeaders
{
    /// <summary>What answers of the API may do in a browser: nothing.</summary>
    const string OfData = "default-src 'none'; frame-ancestors 'none'";

    /// <summary>What the page of the documentation needs: its own script and styles (Swagger UI sets some inline, and has pictures in them), and the API itself.</summary>
    const string OfDocs =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; connect-src 'self'; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>Nobody keeps it: what is answered may be personal, or older than the next answer.</summary>
    const string NotKept = "no-store";

    /// <summary>It may be kept and is asked for again each time: for what is public and has an entity tag.</summary>
    const string AskedAgain = "no-cache";

    static readonly PathString Docs = new($"/{ApiDocument.Page}");
    static readonly string[] Public = ["/products", "/stock", "/flash-sales", "/openapi", $"/{ApiDocument.Page}"];

    /// <summary>Adds it; before whatever answers.</summary>
    public static void UseSecurityHeaders(this WebApplication app) => app.Use((HttpContext context, RequestDelegate next) =>
    {
        var (headers, path) = (context.Response.Headers, context.Request.Path);
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = path.StartsWithSegments(Docs, StringComparison.Ordinal) ? OfDocs : OfData;
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = HttpMethods.IsGet(context.Request.Method) && IsPublic(path) ? AskedAgain : NotKept;
        return next(context);
    });

    // A claim names its customer.
    static bool IsPublic(PathString path) =>
        Array.Exists(Public, start => path.StartsWithSegments(start, StringComparison.Ordinal)) && path.Value?.Contains("/claims", StringComparison.Ordinal) != true;
}
