using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Serialization.Metadata;
using Commerce.Commands.Handling;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Http;

/// <summary>Marks an address that takes an Idempotency-Key.</summary>
/// <param name="IsRequired">Whether it refuses a request without one: it creates something, and a repeat would create it twice.</param>
sealed record TakesIdempotencyKey(bool IsRequired);

/// <summary>What a command's request carries beside its body: who asks, under which key, on which revision.</summary>
sealed class CommandRequest
{
    /// <summary>Everybody, as long as nobody is asked who they are.</summary>
    const string Anonymous = "anonymous";

    readonly HttpRequest _http;
    readonly IdempotencyKey? _key;
    readonly long? _ifRevision;

    CommandRequest(HttpRequest http, IdempotencyKey? key, long? ifRevision) => (_http, _key, _ifRevision) = (http, key, ifRevision);

    /// <summary>Who asks.</summary>
    public static string Client => Anonymous;

    /// <summary>Id of the command, and of what it creates; without a key a new one.</summary>
    public Guid Id => field == Guid.Empty ? field = _key?.IdFor(Client) ?? Guid.CreateVersion7() : field;

    /// <summary>The command's context; the fingerprint is of what the client sent.</summary>
    public CommandContext Context<TBody>(TBody body, JsonTypeInfo<TBody> json) => new(Client)
    {
        CommandId = _key is null ? null : Id.ToString(),
        Fingerprint = _key is null ? null : Fingerprint.Of(_http, body, json),
        CorrelationId = Activity.Current?.TraceId.ToHexString() ?? _http.HttpContext.TraceIdentifier,
        IfRevision = _ifRevision,
    };

    /// <summary>The context of a command whose effect happens once by itself: what it creates has the key's id.</summary>
    public CommandContext ContextWithoutKey() => new(Client)
    {
        CorrelationId = Activity.Current?.TraceId.ToHexString() ?? _http.HttpContext.TraceIdentifier,
        IfRevision = _ifRevision,
    };

    /// <summary>The context of a command with something personal in it: whoever encrypts that takes the fingerprint as well, for a plain hash of it could be guessed.</summary>
    public CommandContext ContextOfPersonalData() => ContextWithoutKey() with { CommandId = _key is null ? null : Id.ToString() };

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
