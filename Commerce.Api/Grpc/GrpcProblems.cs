using System.Globalization;
using Commerce.Api.Http;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using ErrorInfo = Google.Rpc.ErrorInfo;
using RetryInfo = Google.Rpc.RetryInfo;
using RpcStatus = Google.Rpc.Status;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc;

/// <summary>A refusal as gRPC has it: a status, with google.rpc.Status beside it whose ErrorInfo names the stable code.</summary>
static class GrpcProblems
{
    /// <summary>Whose the codes are (google.rpc.ErrorInfo).</summary>
    public const string Domain = "commerce";

    /// <summary>Name of the metadata that holds a google.rpc.Status.</summary>
    public const string DetailsKey = "grpc-status-details-bin";

    /// <summary>Ends a call with a refusal.</summary>
    public static RpcException Exception(this Problem problem) => problem.Details().ToRpcException();

    /// <summary>As an answer on a stream.</summary>
    public static Wire.Refusal Refusal(this Problem problem)
    {
        var refusal = new Wire.Refusal { Status = (int)GrpcStatuses.Of(problem), Reason = problem.Code, Detail = problem.Detail, RetryAfter = RetryAfter(problem) };
        foreach (var (name, value) in problem.Members)
        {
            refusal.Metadata[name] = Text(value);
        }

        return refusal;
    }

    /// <summary>Answers a call that no service of gRPC has handled: turned away before it came there.</summary>
    public static Task WriteGrpc(this Problem problem, HttpResponse response)
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = ContentType;
        response.Headers["grpc-status"] = ((int)GrpcStatuses.Of(problem)).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Encoded(problem.Detail);
        response.Headers[DetailsKey] = Convert.ToBase64String(problem.Details().ToByteArray()).TrimEnd('=');
        return Task.CompletedTask;
    }

    /// <summary>Whether a request is a call of gRPC.</summary>
    public static bool IsGrpc(HttpRequest request) => request.ContentType is { } type && type.StartsWith(ContentType, StringComparison.OrdinalIgnoreCase);

    const string ContentType = "application/grpc";

    static RpcStatus Details(this Problem problem)
    {
        var reason = new ErrorInfo { Reason = problem.Code, Domain = Domain };
        foreach (var (name, value) in problem.Members)
        {
            reason.Metadata[name] = Text(value);
        }

        var status = new RpcStatus { Code = (int)GrpcStatuses.Of(problem), Message = problem.Detail, Details = { Any.Pack(reason) } };
        if (RetryAfter(problem) is { } wait)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = wait }));
        }

        return status;
    }

    static Duration? RetryAfter(Problem problem) => problem.RetryAfter is { } wait ? Duration.FromTimeSpan(wait) : null;

    // As gRPC over HTTP/2 has it: what is printable ASCII stands for itself, but the percent sign.
    static string Encoded(string text) =>
        string.Concat(System.Text.Encoding.UTF8.GetBytes(text).Select(b => b is >= (byte)' ' and <= (byte)'~' and not (byte)'%' ? ((char)b).ToString() : $"%{b:X2}"));

    static string Text(object value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? string.Empty;
}
