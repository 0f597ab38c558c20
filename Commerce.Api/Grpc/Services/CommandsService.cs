using Commerce.Api.Grpc.Incoming;
using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Services;

/// <summary><c>commerce.v1.Commands</c>.</summary>
sealed class CommandsService(CommandStream stream) : Wire.Commands.CommandsBase
{
    /// <inheritdoc/>
    public override Task Execute(IAsyncStreamReader<Wire.Command> requestStream, IServerStreamWriter<Wire.CommandAnswer> responseStream, ServerCallContext context) =>
        stream.Run(requestStream, responseStream, context);
}
