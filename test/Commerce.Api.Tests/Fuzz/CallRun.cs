using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using Google.Rpc;
using Grpc.Core;

namespace Commerce.Api.Tests.Fuzz;

/// <summary>Sends the calls of a seed over connections of HTTP/2, and judges what each ends with.</summary>
sealed class CallRun(Uri server, FuzzedCalls calls, string credentials)
{
    const int AtOnce = 16;
    const int FaultsMax = 20;

    readonly ConcurrentDictionary<string, int> _outcomes = [];
    readonly ConcurrentQueue<string> _faults = [];

    /// <summary>Calls by their status, and by the code of ours.</summary>
    public IReadOnlyDictionary<string, int> Outcomes => _outcomes;

    /// <summary>What was wrong, each with the number of its call.</summary>
    public IReadOnlyCollection<string> Faults => _faults;

    /// <summary>Sends those from a number on, up to another, which is not sent.</summary>
    public async Task Send(int from, int to)
    {
        using var handler = new SocketsHttpHandler { EnableMultipleHttp2Connections = true };
        using var http = new HttpClient(handler) { BaseAddress = server, Timeout = FuzzConnection.AnswerTimeMax };
        await Parallel.ForAsync(from, to, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (number, ct) =>
        {
            if (_faults.Count < FaultsMax)
            {
                await Send(http, calls.Get(number), ct);
            }
        });
    }

    async Task Send(HttpClient http, FuzzedCall call, CancellationToken cancellationToken)
    {
        try
        {
            using var request = RequestOf(call);
            using var response = await http.SendAsync(request, cancellationToken);
            var (status, reason) = EndOf(response);
            _outcomes.AddOrUpdate($"{status} {reason}", 1, (_, seen) => seen + 1);
            if (FaultOf(call, response, status, reason) is { } fault)
            {
                _faults.Enqueue($"call {call.Number}: {fault}: {call.Path} {string.Join(' ', call.Metadata)} {Convert.ToHexString(call.Bytes)}");
            }
        }
        catch (HttpRequestException e) when (call.IsGarbled || e.HttpRequestError is HttpRequestError.HttpProtocolError)
        {
            // The stream was reset: an answer of HTTP/2 to what is none of its messages.
            _outcomes.AddOrUpdate("reset", 1, (_, seen) => seen + 1);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            _faults.Enqueue($"call {call.Number}: no answer: {call.Path} {Convert.ToHexString(call.Bytes)}");
        }
    }

    HttpRequestMessage RequestOf(FuzzedCall call)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, call.Path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Content = new ByteArrayContent(call.Bytes) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("te", "trailers");
        foreach (var (name, value) in call.Metadata)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        if (!request.Headers.Contains("authorization"))
        {
            request.Headers.TryAddWithoutValidation("authorization", credentials);
        }

        return request;
    }

    static (StatusCode? Status, string? Reason) EndOf(HttpResponseMessage response)
    {
        var status = One(response, "grpc-status") is { } text && int.TryParse(text, out var code) ? (StatusCode?)code : null;
        if (One(response, "grpc-status-details-bin") is not { } details)
        {
            return (status, null);
        }

        var bytes = Convert.FromBase64String(details.PadRight((details.Length + 3) / 4 * 4, '='));
        return (status, Google.Rpc.Status.Parser.ParseFrom(bytes).GetDetail<ErrorInfo>()?.Reason);
    }

    static string? One(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var trailing) || response.Headers.TryGetValues(name, out trailing) ? trailing.FirstOrDefault() : null;

    // What cannot be read as a message the library answers by itself, without a code of ours: INTERNAL, UNKNOWN or UNIMPLEMENTED.
    static string? FaultOf(FuzzedCall call, HttpResponseMessage response, StatusCode? status, string? reason) =>
        response.StatusCode >= HttpStatusCode.InternalServerError ? $"{response.StatusCode}"
        : reason == Http.Problems.Internal.Code ? "a defect of ours"
        : reason is not null && !KnownCodes.All.Contains(reason) ? $"the code {reason} is not known"
        : status is null && response.StatusCode == HttpStatusCode.OK ? "it ends without a status"
        : status is StatusCode.Unknown or StatusCode.Internal && reason is null && !call.IsGarbled && !IsOddMessage(response) ? $"{status} without a code"
        : null;

    static bool IsOddMessage(HttpResponseMessage response) => One(response, "grpc-message") is { } text && (text.Contains("Exception was thrown by handler", StringComparison.Ordinal) || text.Contains("message", StringComparison.Ordinal));
}
