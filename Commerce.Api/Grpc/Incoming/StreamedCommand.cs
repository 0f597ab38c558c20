using System.Diagnostics;
using Commerce.Api.Handling;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Incoming;

/// <summary>What one command of many on a call carries beside its content. Each has a trace of its own, as a request over HTTP has.</summary>
/// <param name="caller">Who asks.</param>
/// <param name="command">The message.</param>
readonly struct StreamedCommand(Caller caller, Wire.Command command) : IIncomingCommand
{
    /// <inheritdoc/>
    public CommandCall Creating() => command.IdempotencyKey.Length > 0 ? Changing() : throw new RefusedRequestException(Problems.KeyMissing);

    /// <inheritdoc/>
    public CommandCall Changing()
    {
        IdempotencyKey? key = null;
        if (command.IdempotencyKey.Length > 0)
        {
            key = IdempotencyKey.TryParse(command.IdempotencyKey, out var named) ? named : throw new RefusedRequestException(Problems.KeyInvalid);
        }

        if (command is { HasIfRevision: true, IfRevision: < 0 })
        {
            throw new RefusedRequestException(Problems.Parameter("if_revision", "if_revision is a revision as an answer gave it."));
        }

        var trace = ActivityContext.TryParse(command.Traceparent, null, isRemote: true, out var cause) ? cause.TraceId : ActivityTraceId.CreateRandom();
        return new(caller, key, command.HasIfRevision ? command.IfRevision : null, trace.ToHexString(), command.Traceparent.Length > 0 ? command.Traceparent : null);
    }
}
