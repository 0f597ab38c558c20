using System.Globalization;
using System.Net;

namespace Commerce.Commands.Grpc;

/// <summary>How a call ended, from the headers and trailers of its answer. Source: gRPC over HTTP2, "Responses".</summary>
static class GrpcStatus
{
    const string Status = "grpc-status";
    const string Message = "grpc-message";

    /// <summary>Looks at an answer that has only begun: it may be an end already, or no answer of gRPC at all.</summary>
    /// <exception cref="GrpcException">It ended badly.</exception>
    public static void ThrowIfRefused(HttpResponseMessage response)
    {
        if (response.Headers.Contains(Status))
            ThrowIfFailed(response);
        else if (response.StatusCode != HttpStatusCode.OK)
            throw new GrpcException(CodeOf(response.StatusCode), $"HTTP status {(int)response.StatusCode}.", Details(response));
        else if (response.Content.Headers.ContentType?.MediaType is not { } type || !type.StartsWith("application/grpc", StringComparison.Ordinal))
            throw new GrpcException(GrpcStatusCode.Unimplemented, "The answer is not one of gRPC.", Details(response));
    }

    /// <summary>Looks at an answer that has ended.</summary>
    /// <exception cref="GrpcException">It ended badly, or without saying how.</exception>
    public static void ThrowIfFailed(HttpResponseMessage response)
    {
        var details = Details(response);
        if (!details.TryGetValue(Status, out var status) || !int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new GrpcException(GrpcStatusCode.Unavailable, "The call ended without a status.", details);

        var code = Enum.IsDefined((GrpcStatusCode)number) ? (GrpcStatusCode)number : GrpcStatusCode.Unknown;
        if (code != GrpcStatusCode.Ok)
            throw new GrpcException(code, MessageOf(details) is { Length: > 0 } message ? message : code.ToString(), details);
    }

    // Percent-encoded; what is not well encoded stays as it is, as the specification asks.
    static string MessageOf(Dictionary<string, string> details) => Uri.UnescapeDataString(details.GetValueOrDefault(Message, ""));

    static Dictionary<string, string> Details(HttpResponseMessage response)
    {
        var details = new Dictionary<string, string>();
        foreach (var header in response.Headers.Concat(response.TrailingHeaders))
            details[header.Key.ToLowerInvariant()] = string.Join(',', header.Value);

        return details;
    }

    // Source: gRPC, "HTTP to gRPC Status Code Mapping".
    static GrpcStatusCode CodeOf(HttpStatusCode status) => status switch
    {
        HttpStatusCode.BadRequest => GrpcStatusCode.Internal,
        HttpStatusCode.Unauthorized => GrpcStatusCode.Unauthenticated,
        HttpStatusCode.Forbidden => GrpcStatusCode.PermissionDenied,
        HttpStatusCode.NotFound => GrpcStatusCode.Unimplemented,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => GrpcStatusCode.Unavailable,
        _ => GrpcStatusCode.Unknown,
    };
}
