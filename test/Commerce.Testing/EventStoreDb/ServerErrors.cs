using System.Globalization;
using Commerce.Commands.Grpc;

namespace Commerce.Testing.EventStoreDb;

/// <summary>How the server says what went wrong with a call: a status, and details in headers.</summary>
static class ServerErrors
{
    public static GrpcException StreamDeleted(string stream) => new(
        GrpcStatusCode.FailedPrecondition,
        $"Event stream '{stream}' is deleted.",
        Details("stream-deleted", ("stream-name", stream)));

    public static GrpcException AppendTooLarge(int bytesMax) => new(
        GrpcStatusCode.InvalidArgument,
        $"Maximum Append Size of {bytesMax} Exceeded.",
        Details("maximum-append-size-exceeded", ("maximum-append-size", Text(bytesMax))));

    public static GrpcException MetadataMissing(string name) => new(
        GrpcStatusCode.InvalidArgument,
        $"Required Metadata Property '{name}' is missing",
        Details("missing-required-metadata-property", ("required-metadata-properties", "type,content-type")));

    public static GrpcException WrongDeletion(string stream, long expected, long actual) => new(
        GrpcStatusCode.FailedPrecondition,
        $"Delete failed due to WrongExpectedVersion. Stream: {stream}, Expected version: {expected}, Actual version: {actual}",
        Details("wrong-expected-version", ("stream-name", stream), ("expected-version", Text(expected)), ("actual-version", Text(actual))));

    public static GrpcException NotLeader(ClusterMember leader) => new(
        GrpcStatusCode.NotFound,
        "Leader info available",
        Details("not-leader", ("leader-endpoint-host", leader.Host), ("leader-endpoint-port", Text(leader.Port))));

    public static GrpcException NoLeader() => new(GrpcStatusCode.Unknown, "No leader info available in response");

    public static GrpcException NotReady() => new(GrpcStatusCode.Unavailable, "Server Is Not Ready");

    public static GrpcException AccessDenied() => new(GrpcStatusCode.PermissionDenied, "Access Denied", Details("access-denied"));

    public static GrpcException Unauthenticated() => new(GrpcStatusCode.Unauthenticated, "Nobody has these credentials.");

    public static GrpcException Invalid(string message) => new(GrpcStatusCode.InvalidArgument, message);

    public static GrpcException PositionInvalid() => new(GrpcStatusCode.Unknown, "Unexpected ReadAllResult: Error");

    public static GrpcException Thrown(Exception e) => new(GrpcStatusCode.Unknown, $"Exception was thrown by handler. {e.GetType().Name}: {e.Message}");

    public static GrpcException DeadlineExceeded() => new(GrpcStatusCode.DeadlineExceeded, "Deadline Exceeded");

    public static GrpcException Unimplemented() => new(GrpcStatusCode.Unimplemented, "Method is unimplemented.");

    static Dictionary<string, string> Details(string exception, params (string Name, string Value)[] more) =>
        more.Prepend(("exception", exception)).ToDictionary(x => x.Item1, x => x.Item2);

    static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
