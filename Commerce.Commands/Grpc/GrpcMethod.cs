using Google.Protobuf;

namespace Commerce.Commands.Grpc;

/// <summary>One rpc: where it is called, and how its answers are read.</summary>
sealed record GrpcMethod<TRequest, TResponse>(string Service, string Name, MessageParser<TResponse> Answers)
    where TRequest : IMessage<TRequest>
    where TResponse : IMessage<TResponse>
{
    public string Path { get; } = $"/{Service}/{Name}";
}
