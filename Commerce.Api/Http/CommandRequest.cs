using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Commerce.Api.Handling;
using Commerce.Api.Security;
using Commerce.Commands.Handling;
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
    public static ValueTask<CommandRequest> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        var headers = context.Request.Headers;
        if (!EntityTag.TryParseIfMatch(headers[HeaderNames.IfMatch], out var ifRevision))
        {
            throw new RefusedRequestException(Problems.IfMatchInvalid);
        }

        var header = headers[CommerceHeaders.IdempotencyKey];
        if (header.Count == 0)
        {
            return context.GetEndpoint()?.Metadata.GetMetadata<TakesIdempotencyKey>() is { IsRequired: true }
                ? throw new RefusedRequestException(Problems.KeyMissing)
                : ValueTask.FromResult(new CommandRequest(context.Request, null, ifRevision));
        }

        return IdempotencyKey.TryParse(header, out var key)
            ? ValueTask.FromResult(new CommandRequest(context.Request, key, ifRevision))
            : throw new RefusedRequestException(Problems.KeyInvalid);
    }
}
