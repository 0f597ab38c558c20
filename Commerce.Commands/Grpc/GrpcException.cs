namespace Commerce.Commands.Grpc;

/// <summary>How a call ended. The numbers are the wire format; source: gRPC, "Status codes and their use".</summary>
enum GrpcStatusCode
{
    Ok = 0,
    Cancelled = 1,
    Unknown = 2,
    InvalidArgument = 3,
    DeadlineExceeded = 4,
    NotFound = 5,
    AlreadyExists = 6,
    PermissionDenied = 7,
    ResourceExhausted = 8,
    FailedPrecondition = 9,
    Aborted = 10,
    OutOfRange = 11,
    Unimplemented = 12,
    Internal = 13,
    Unavailable = 14,
    DataLoss = 15,
    Unauthenticated = 16,
}

/// <summary>A call that did not end well.</summary>
sealed class GrpcException(GrpcStatusCode code, string message, IReadOnlyDictionary<string, string>? details = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>How it ended.</summary>
    public GrpcStatusCode Code { get; } = code;

    /// <summary>What the server said of it in headers and trailers, by lower-case name.</summary>
    public IReadOnlyDictionary<string, string> Details { get; } = details ?? new Dictionary<string, string>();
}
