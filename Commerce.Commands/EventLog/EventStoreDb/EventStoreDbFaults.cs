using System.Globalization;
using System.Net.Sockets;
using System.Security.Authentication;
using Commerce.Commands.Grpc;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>Says in one sentence, and in the port's types, why a call failed.</summary>
static class EventStoreDbFaults
{
    /// <summary>The header in which the server says what went wrong.</summary>
    const string ExceptionHeader = "exception";

    /// <summary>The fault as the port knows it.</summary>
    public static EventLogException Of(GrpcException fault, Uri server, StreamName? stream = null) => fault switch
    {
        _ when stream is { } name && Says(fault, "stream-deleted") => new StreamDeletedException(name),
        { InnerException: HttpRequestException e } => OfConnection(e, server),
        { Code: GrpcStatusCode.Unauthenticated } => new EventStoreDbRefusedException(
            $"EventStoreDB at {Name(server)} refuses the user name or the password of the connection string, or wants one.", fault),
        { Code: GrpcStatusCode.PermissionDenied } => new EventStoreDbRefusedException(
            $"EventStoreDB at {Name(server)} does not let the user of the connection string read or write the event log.", fault),
        { Code: GrpcStatusCode.Unimplemented } => new EventStoreDbRefusedException(
            $"What listens at {Name(server)} is no EventStoreDB that Commerce can talk to: {fault.Message}", fault),
        { Code: GrpcStatusCode.InvalidArgument } => new EventStoreDbRefusedException(
            $"EventStoreDB at {Name(server)} refuses the request: {fault.Message}", fault),
        _ => new EventLogUnavailableException($"EventStoreDB at {Name(server)} does not answer: {fault.Message}", fault),
    };

    /// <summary>Where the leader is, when a member of the cluster says that it is not the one.</summary>
    public static NodeAddress? LeaderNamed(GrpcException fault) =>
        Says(fault, "not-leader")
        && fault.Details.TryGetValue("leader-endpoint-host", out var host)
        && fault.Details.TryGetValue("leader-endpoint-port", out var text)
        && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? new(host, port)
            : null;

    /// <summary>Whether the member asked is gone or cannot do it now, so that another one, or the same later, may.</summary>
    public static bool IsNodeLost(GrpcException fault) =>
        fault.Code is GrpcStatusCode.Unavailable or GrpcStatusCode.DeadlineExceeded or GrpcStatusCode.Cancelled or GrpcStatusCode.Aborted or GrpcStatusCode.Unknown or GrpcStatusCode.Internal
        || Says(fault, "not-leader");

    public static string Name(Uri server) => server.Authority;

    static bool Says(GrpcException fault, string what) => fault.Details.GetValueOrDefault(ExceptionHeader) == what;

    static EventLogException OfConnection(HttpRequestException fault, Uri server) => fault switch
    {
        { HttpRequestError: HttpRequestError.NameResolutionError } =>
            new EventLogUnavailableException($"The host of EventStoreDB at {Name(server)} is unknown.", fault),
        { InnerException: UntrustedCertificateException } =>
            new EventStoreDbRefusedException($"The certificate of EventStoreDB at {Name(server)} is not trusted here; tlsVerifyCert=false in the connection string takes any.", fault),
        { InnerException: AuthenticationException } =>
            new EventStoreDbRefusedException($"EventStoreDB at {Name(server)} does not speak TLS as expected; where it speaks none, the connection string needs tls=false.", fault),
        { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } =>
            new EventLogUnavailableException($"Nobody listens at {Name(server)}, where EventStoreDB should be.", fault),
        { HttpRequestError: HttpRequestError.HttpProtocolError or HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse } when server.Scheme == Uri.UriSchemeHttp => SpeaksNoHttp2(server, fault),

        // The same, where the server has hung up before our first words were out: only then is the connection there and HTTP/2 not.
        { HttpRequestError: HttpRequestError.Unknown, InnerException: IOException } when server.Scheme == Uri.UriSchemeHttp => SpeaksNoHttp2(server, fault),
        _ => new EventLogUnavailableException($"EventStoreDB at {Name(server)} cannot be reached: {fault.Message}", fault),
    };

    static EventLogUnavailableException SpeaksNoHttp2(Uri server, HttpRequestException fault) =>
        new($"What listens at {Name(server)} does not speak HTTP/2 without TLS; where EventStoreDB speaks TLS, the connection string must not say tls=false.", fault);
}
