using Commerce.Api.Http;
using Grpc.Core;

namespace Commerce.Api.Grpc;

/// <summary>Which status of gRPC a refusal has. Its stable code stands beside it, so no client has to guess.</summary>
static class GrpcStatuses
{
    /// <summary>Those that the status of HTTP does not tell.</summary>
    static readonly Dictionary<string, StatusCode> ByCode = new(StringComparer.Ordinal)
    {
        [Problems.RouteUnknown.Code] = StatusCode.Unimplemented,
        [Problems.TimedOut.Code] = StatusCode.DeadlineExceeded,
        [Problems.KeyReused.Code] = StatusCode.FailedPrecondition,
        [Problems.CommandTooLarge.Code] = StatusCode.InvalidArgument,
        ["product-exists"] = StatusCode.AlreadyExists,
        ["order-exists"] = StatusCode.AlreadyExists,
        ["sale-exists"] = StatusCode.AlreadyExists,
        ["timeline-too-wide"] = StatusCode.OutOfRange,
    };

    /// <summary>The status.</summary>
    public static StatusCode Of(Problem problem) => ByCode.TryGetValue(problem.Code, out var code) ? code : problem.Status switch
    {
        StatusCodes.Status401Unauthorized => StatusCode.Unauthenticated,
        StatusCodes.Status403Forbidden => StatusCode.PermissionDenied,
        StatusCodes.Status404NotFound => StatusCode.NotFound,
        StatusCodes.Status405MethodNotAllowed => StatusCode.Unimplemented,
        StatusCodes.Status409Conflict or StatusCodes.Status410Gone => StatusCode.FailedPrecondition,
        StatusCodes.Status412PreconditionFailed => StatusCode.Aborted,
        StatusCodes.Status413PayloadTooLarge or StatusCodes.Status429TooManyRequests => StatusCode.ResourceExhausted,

        // What is wrong with what was sent is named so; other rules depend on what is there.
        StatusCodes.Status422UnprocessableEntity when !problem.Code.EndsWith("-invalid", StringComparison.Ordinal) && !problem.Code.EndsWith("-too-large", StringComparison.Ordinal) =>
            StatusCode.FailedPrecondition,
        StatusCodes.Status503ServiceUnavailable => StatusCode.Unavailable,
        StatusCodes.Status504GatewayTimeout => StatusCode.DeadlineExceeded,
        >= StatusCodes.Status500InternalServerError => StatusCode.Internal,
        _ => StatusCode.InvalidArgument,
    };
}
