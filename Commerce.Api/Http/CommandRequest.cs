using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Commerce.Api.Handling;
using Commerce.Api.Security;
using Commerce.Commands.Handling;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Http;

/// <summary>Marks an address that takes an Idempotency-Key.</summary>
/// <param name="IsRequired">Whether it refuses a request without one: it creates something, and a repeat would create it twice.</param>
sealed record TakesIdempotencyKey(bool IsRequired);

/// <summary>What a command's request carries beside its body, in its headers.</summary>
sealed class CommandRequest : CommandCall
{
    readonly HttpRequest _http;

    CommandRequest(HttpRequest http, IdempotencyKey? key, long? ifRevision)
        : base(http.HttpContext.Caller(), key, ifRevision, Activity.Current?.TraceId.ToHexString() ?? http.HttpContext.TraceIdentifier) => _http = http;

    /// <summary>The context of a command of HTTP alone, named by its method and path.</summary>
    public CommandContext Context<TBody>(TBody body, JsonTypeInfo<TBody> json) => Context($"{_http.Method} {_http.Path}", body, json);

    /// <summary>Reads it from a request; the framework calls this.</summary>
    /// <exception cref="RefusedRequestException">The key is missing or none, or If-Match is none.</exception>
    public static ValueTask<CommandRequest> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult(
        Of(context, context.Request.Headers[HeaderNames.IfMatch], context.GetEndpoint()?.Metadata.GetMetadata<TakesIdempotencyKey>() is { IsRequired: true }));

    /// <summary>Reads it from headers.</summary>
    /// <param name="context">The request.</param>
    /// <param name="ifMatch">What If-Match says.</param>
    /// <param name="isKeyRequired">Whether it creates something.</param>
    /// <exception cref="RefusedRequestException">The key is missing or none, or If-Match is none.</exception>
    public static CommandRequest Of(HttpContext context, StringValues ifMatch, bool isKeyRequired)
    {
        if (!EntityTag.TryParseIfMatch(ifMatch, out var ifRevision))
        {
            throw new RefusedRequestException(Problems.IfMatchInvalid);
        }

        var header = context.Request.Headers[CommerceHeaders.IdempotencyKey];
        if (header.Count == 0)
        {
            return isKeyRequired ? throw new RefusedRequestException(Problems.KeyMissing) : new(context.Request, null, ifRevision);
        }

        return IdempotencyKey.TryParse(header, out var key) ? new(context.Request, key, ifRevision) : throw new RefusedRequestException(Problems.KeyInvalid);
    }
}
