using Commerce.Api.Handling;

namespace Commerce.Api.Grpc.Incoming;

/// <summary>What a command comes with beside its content: in a call's metadata, or in a message of a stream.</summary>
interface IIncomingCommand
{
    /// <summary>That of a command that creates something: a repeat without an idempotency key would create it twice.</summary>
    /// <exception cref="Http.RefusedRequestException">The key is missing, or something of it is none.</exception>
    CommandCall Creating();

    /// <summary>That of any other.</summary>
    /// <exception cref="Http.RefusedRequestException">Something of it is none.</exception>
    CommandCall Changing();
}
