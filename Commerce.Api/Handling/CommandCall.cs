using System.Text.Json.Serialization.Metadata;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Commands.Handling;

namespace Commerce.Api.Handling;

/// <summary>What a command comes with beside its content, through whichever door: who asks, under which key, on which revision.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="key">The client's name for the command; null: none.</param>
/// <param name="ifRevision">Revision that what it changes must be at; null: any.</param>
/// <param name="correlationId">Shared by everything that the request sets off.</param>
/// <param name="traceParent">W3C trace context of what led to it, where that is not what is under way.</param>
class CommandCall(Caller caller, IdempotencyKey? key, long? ifRevision, string correlationId, string? traceParent = null)
{
    /// <summary>Who asks.</summary>
    public Caller Caller => caller;

    /// <summary>Id of the command, and of what it creates; without a key a new one.</summary>
    public Guid Id => field == Guid.Empty ? field = key?.IdFor(caller.Name) ?? Guid.CreateVersion7() : field;

    /// <summary>The command's context; the fingerprint is of what the client sent.</summary>
    /// <param name="operation">What is done to what, as <see cref="Fingerprint.Of"/> takes it: the same through every door.</param>
    /// <param name="body">What was sent.</param>
    /// <param name="json">How it looks as JSON.</param>
    public CommandContext Context<TBody>(string operation, TBody body, JsonTypeInfo<TBody> json) => new(caller.Name)
    {
        CommandId = key is null ? null : Id.ToString(),
        Fingerprint = key is null ? null : Fingerprint.Of(operation, body, json),
        CorrelationId = correlationId,
        IfRevision = ifRevision,
        TraceParent = traceParent,
    };

    /// <summary>The context of a command whose effect happens once by itself: what it creates has the key's id.</summary>
    public CommandContext ContextWithoutKey() => new(caller.Name) { CorrelationId = correlationId, IfRevision = ifRevision, TraceParent = traceParent };

    /// <summary>The context of a command with something personal in it: whoever encrypts that takes the fingerprint as well, for a plain hash of it could be guessed.</summary>
    public CommandContext ContextOfPersonalData() => ContextWithoutKey() with { CommandId = key is null ? null : Id.ToString() };
}
