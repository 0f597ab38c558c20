using System.Text.Json.Serialization.Metadata;
using Commerce.Projections.Queries;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Http;

/// <summary>How what was read looks over HTTP.</summary>
static class QueryAnswers
{
    /// <summary>Reads <c>limit</c> and <c>cursor</c>.</summary>
    /// <exception cref="RefusedRequestException">The limit is none.</exception>
    public static PageRequest Page(string? limit, string? cursor) =>
        new((int)Query.Whole("limit", limit, PageRequest.LimitDefault, 1, PageRequest.LimitMax), string.IsNullOrEmpty(cursor) ? null : cursor);

    /// <summary>A resource with its ETag; 304 where the client has that already (RFC 9110, 13.1.2).</summary>
    public static IResult Resource<TBody>(HttpContext http, TBody body, long? revision, JsonTypeInfo<TBody> json)
    {
        if (revision is not { } known)
        {
            return TypedResults.Json(body, json);
        }

        var tag = EntityTag.Of(known);
        http.Response.Headers[HeaderNames.ETag] = tag;
        return http.Request.Headers.IfNoneMatch.Any(t => t == tag) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Json(body, json);
    }

    /// <summary>A page of a list, or why there is none.</summary>
    public static IResult List<TItem, TPage>(Listed<TItem> listed, Func<IReadOnlyList<TItem>, string?, TPage> page, JsonTypeInfo<TPage> json) => listed switch
    {
        Listed<TItem>.Page found => TypedResults.Json(page(found.Items, found.Next), json),
        Listed<TItem>.Refused refused => RefusalOf(refused.Reason),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Why there is no page.</summary>
    public static Problem RefusalOf(ListRefusal reason) => reason == ListRefusal.CursorInvalid
        ? Problems.Parameter("cursor", "cursor is none that this list gave.")
        : Problems.Parameter("limit", $"limit is a whole number from 1 to {PageRequest.LimitMax}.");
}
