namespace Commerce.Commands.Grpc;

/// <summary>A call that did not end well.</summary>
sealed class GrpcException(GrpcStatusCode code, string message, IReadOnlyDictionary<string, string>? details = null, Exception? inner = null) : Exception(message, inner)
{
    static readonly Dictionary<string, string> NoDetails = [];

    /// <summary>How it ended.</summary>
    public GrpcStatusCode Code { get; } = code;

    /// <summary>What the server said of it in headers and trailers, by lower-case name.</summary>
    public IReadOnlyDictionary<string, string> Details { get; } = details ?? NoDetails;
}
