using System.Text.Json.Serialization;

namespace Commerce.Benchmarks.Load;

/// <summary>What a load generator does. Handed to its process as JSON.</summary>
/// <param name="Port">Where, on loopback.</param>
/// <param name="Connections">Connections, each with one request under way at most (over gRPC several): what bounds the generator.</param>
/// <param name="Phases">One after the other, without a pause.</param>
/// <param name="Paths">Where to, with <see cref="RequestTemplate.NumberMark"/> for the request's number; connections share them out in turn.</param>
/// <param name="Body">The JSON to post; null: it is a GET. <see cref="RequestTemplate.NumberMark"/> in it stands for the request's number.</param>
/// <param name="KeyPrefix">What the idempotency keys begin with; the request's number follows.</param>
/// <param name="FirstNumber">Number of the first request.</param>
/// <param name="Answers">What is taken for an answer.</param>
/// <param name="AcknowledgedFile">Where the ids of what was accepted go, 16 bytes each; null: nowhere.</param>
/// <param name="NumbersMax">After so many numbers the first comes again; null: each is used once.</param>
/// <param name="Authorization">Who the generator says it is; null: nobody asks.</param>
/// <param name="Grpc">What is sent over gRPC instead, which answers with an order; null: nothing.</param>
sealed record LoadPlan(
    int Port, int Connections, IReadOnlyList<LoadPhase> Phases, IReadOnlyList<string> Paths, string? Body, string KeyPrefix, long FirstNumber, AnswerShape Answers, string? AcknowledgedFile,
    long? NumbersMax = null, string? Authorization = null, GrpcPlan? Grpc = null);

/// <summary>A stretch of load.</summary>
/// <param name="Seconds">How long requests are begun.</param>
/// <param name="PerSecond">
/// Requests a second, begun whether or not earlier ones are answered (open loop): latency counts from the moment at which a request was to
/// be sent, so that a server which stalls is not spared those that would have come meanwhile. Null: each connection sends when it is
/// answered (closed loop).
/// </param>
/// <param name="Path">Which of the plan's paths all of its requests take; null: each connection's own.</param>
sealed record LoadPhase(double Seconds, double? PerSecond, int? Path = null);

/// <summary>What is taken for an answer; anything else ends the run.</summary>
/// <param name="IdField">Field of an accepted answer's JSON that holds a UUID, different in each; null: there is none.</param>
/// <param name="PlaceField">Field that holds a number, different in each of one path; null: there is none.</param>
/// <param name="Refusals">Codes of the problems that may be answered.</param>
/// <param name="EndingRefusal">The one of them after which a phase begins nothing more, and lasts until its last accepted answer; null: none.</param>
/// <param name="AcceptedStatus">Status of an accepted answer.</param>
sealed record AnswerShape(string? IdField, string? PlaceField, IReadOnlyList<string> Refusals, string? EndingRefusal = null, int AcceptedStatus = 201);

/// <summary>What came of a plan.</summary>
/// <param name="Phases">Of each of its phases.</param>
/// <param name="NextNumber">The number after that of the last request.</param>
/// <param name="ProcessorSeconds">Processor time of the generator, user and system, while it sent.</param>
sealed record LoadResult(IReadOnlyList<PhaseResult> Phases, long NextNumber, double ProcessorSeconds)
{
    /// <summary>What servers took of the processors meanwhile; null: not measured.</summary>
    [JsonIgnore]
    public ProcessorTime? Servers { get; init; }
}

/// <summary>What came of a phase.</summary>
/// <param name="Seconds">From its beginning to its last answer or its end, whichever was later; of one that a refusal ended, to its last accepted answer.</param>
/// <param name="Accepted">Requests that were answered as accepted.</param>
/// <param name="Refused">The others, by code.</param>
/// <param name="Unsent">Requests that were due but for which no connection was free until the phase ended.</param>
/// <param name="AcceptedLatency">From when an accepted request was to be sent to its answer.</param>
/// <param name="AcceptedAnswer">From when it was sent to its answer.</param>
/// <param name="RefusedAnswer">The same of those that were refused.</param>
/// <param name="EachSecond">How it went, second by second.</param>
sealed record PhaseResult(
    double Seconds, long Accepted, IReadOnlyDictionary<string, long> Refused, long Unsent, Latencies AcceptedLatency, Latencies AcceptedAnswer, Latencies RefusedAnswer,
    IReadOnlyList<SecondResult> EachSecond)
{
    /// <summary>Accepted in a second.</summary>
    [JsonIgnore]
    public double PerSecond => Accepted / Seconds;
}

/// <summary>What was answered in one second of a phase.</summary>
/// <param name="Accepted">Accepted.</param>
/// <param name="Refused">Refused.</param>
/// <param name="P99Ms">99th percentile of the accepted ones' time from when they were to be sent to their answer.</param>
sealed record SecondResult(long Accepted, long Refused, double P99Ms);

/// <summary>JSON between the processes.</summary>
[JsonSerializable(typeof(LoadPlan))]
[JsonSerializable(typeof(LoadResult))]
sealed partial class LoadJson : JsonSerializerContext;
