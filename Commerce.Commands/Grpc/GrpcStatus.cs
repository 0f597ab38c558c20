using System.Globalization;
using System.Net;

namespace Commerce.Commands.Grpc;

/// <summary>How a call ended, from the headers and trailers of its answer. Source: gRPC over HTTP2, "Responses".</summary>
static class GrpcStatus
{
    const string Status = "grpc-status";

    /// <summary>Looks at an answer that has only begun: it may be an end already, or no answer of gRPC at all.</summary>
    /// <exception cref="GrpcException">It ended badly.</exception>
    public static void ThrowIfRefused(HttpResponseMessage response)
    {
        if (response.Headers.Contains(Status))
            ThrowIfFailed(response);
        else if (response.StatusCode != HttpStatusCode.OK)
            throw new GrpcException(CodeOf(response.StatusCode), $"HTTP status {(int)response.StatusCode}.", Details(response));
        else if (response.Content.Headers.ContentType?.MediaType?.StartsWith("application/grpc", StringComparison.Ordinal) != true)
            throw new GrpcException(GrpcStatusCode.Unimplemented, "The answer is not one of gRPC.", Details(response));
    }

    /// <summary>Looks at an answer that has ended.</summary>
    /// <exception cref="GrpcException">It ended badly, or without saying how.</exception>
    public static void ThrowIfFailed(HttpResponseMessage response)
    {
        var details = Details(response);
        if (!int.TryParse(details.GetValueOrDefault(Status), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            throw new GrpcException(GrpcStatusCode.Unavailable, "The call ended without a status.", details);

        var code = Enum.IsDefined((GrpcStatusCode)number) ? (GrpcStatusCode)number : GrpcStatusCode.Unknown;
        if (code == GrpcStatusCode.Ok)
            return;

        // Percent-encoded; what is not well encoded stays as it is, as the specification asks.
        var message = Uri.UnescapeDataString(details.GetValueOrDefault("grpc-message", ""));
        throw new GrpcException(code, message.Length > 0 ? message : code.ToString(), details);
    }

    static Dictionary<string, string> Details(HttpResponseMessage response) => response.Headers.Concat(response.TrailingHeaders)
        .GroupBy(header => header.Key.ToLowerInvariant(), header => string.Join(',', header.Value))
        .ToDictionary(values => values.Key, values => values.Last());

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
