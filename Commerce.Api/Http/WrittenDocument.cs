using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Http;

/// <summary>
/// A resource that is made of one document. A document never changes, so its resource is made and written once for as long as the
/// document is kept: readers by id mostly ask for what was read before.
/// </summary>
static class WrittenDocument<TDocument, TBody>
    where TDocument : class
{
    static readonly ConditionalWeakTable<TDocument, byte[]> Written = [];

    /// <summary>The resource with its ETag; 304 where the client has that already (RFC 9110, 13.1.2).</summary>
    public static IResult Answer(HttpContext http, TDocument document, long revision, Func<TDocument, TBody> body, JsonTypeInfo<TBody> json)
    {
        var tag = EntityTag.Of(revision);
        http.Response.Headers[HeaderNames.ETag] = tag;
        if (http.Request.Headers.IfNoneMatch.Any(t => t == tag))
        {
            return TypedResults.StatusCode(StatusCodes.Status304NotModified);
        }

        return new WrittenJson(Written.GetValue(document, d => JsonSerializer.SerializeToUtf8Bytes(body(d), json)));
    }
}

/// <summary>JSON that is written already.</summary>
sealed class WrittenJson(byte[] json) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext) => httpContext.Response.WriteJson(json, httpContext.RequestAborted);
}
