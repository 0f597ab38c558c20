using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Customers;

namespace Commerce.Api.Http;

/// <summary>Every refusal of the API that is not a rule of the domain, and how the domain's look over HTTP.</summary>
static class Problems
{
    /// <summary>When to come back while something is down: long enough not to press it, short enough for a person.</summary>
    static readonly TimeSpan OutageRetryAfter = TimeSpan.FromSeconds(2);

    public static readonly Problem KeyMissing = new(400, "idempotency-key-missing", "This request creates something: it needs an Idempotency-Key.");
    public static readonly Problem KeyInvalid = new(400, "idempotency-key-invalid", $"An Idempotency-Key is one text of 1 to {IdempotencyKey.LengthMax} printable ASCII characters, in quotes or bare.");
    public static readonly Problem KeyReused = new(422, "idempotency-key-reused", "This Idempotency-Key stands for another request already.");
    public static readonly Problem IfMatchInvalid = new(400, "if-match-invalid", "If-Match is one entity tag as an ETag gave it, or *.");
    public static readonly Problem MinPositionInvalid = new(400, "min-position-invalid", "Commerce-Min-Position is a position as a command's answer gave it.");
    public static readonly Problem RevisionMismatch = new(412, "revision-mismatch", "It has changed since: read it again.");
    public static readonly Problem RouteUnknown = new(404, "route-unknown", "There is nothing at this address.");
    public static readonly Problem MethodNotAllowed = new(405, "method-not-allowed", "This address does not take that method; Allow names those that it takes.");
    public static readonly Problem NotAcceptable = new(406, "not-acceptable", "This address does not answer in a type that Accept names.");
    public static readonly Problem MediaTypeUnsupported = new(415, "media-type-unsupported", "A body is application/json.");
    public static readonly Problem BodyTooLarge = new(413, "body-too-large", $"A body has at most {HttpLimits.BodyBytesMax} bytes.");
    public static readonly Problem AddressTooLong = new(414, "address-too-long", $"Path and query have at most {HttpLimits.AddressCharsMax} characters.");
    public static readonly Problem HeadersTooLarge = new(431, "headers-too-large", $"A request has at most {HttpLimits.HeadersMax} headers, of {HttpLimits.HeadersBytesMax} bytes together.");
    public static readonly Problem TooSlow = new(408, "request-too-slow", "The body came too slowly: nothing was done.");
    public static readonly Problem RateLimited = new(429, "rate-limited", "This client sends more than it may; RateLimit-Policy says how much that is.");
    public static readonly Problem CustomerErased = new(422, CustomerRejections.Erased.Code, CustomerRejections.Erased.Detail);
    public static readonly Problem SaleBusy = new(503, "sale-busy", "Too many claims of this sale wait already: nothing was claimed, come again.");
    public static readonly Problem CommandTooLarge = new(422, "command-too-large", "What this command would record is more than the log takes at once; split it.");
    public static readonly Problem StreamDeleted = new(410, "stream-deleted", "An operator deleted this stream in the event log for good.");
    public static readonly Problem PersonalDataUnreadable = new(500, "personal-data-unreadable", "What is stored of this customer is not what was written; the trace id helps to find it.");
    public static readonly Problem Internal = new(500, "internal-error", "This is a defect of ours; the trace id helps to find it.");

    public static readonly Problem Overloaded = Outage("overloaded", "Too much is waiting: come back later.");
    public static readonly Problem LogUnavailable = Outage("log-unavailable", "The event log does not answer; the same request with the same Idempotency-Key settles what became of it.");
    public static readonly Problem OrderNumbersUnavailable = Outage("order-numbers-unavailable", "No order number can be given now.");
    public static readonly Problem ReadDatabaseUnavailable = Outage("read-database-unavailable", "The read database does not answer.");
    public static readonly Problem CallbacksUnavailable = Outage("callbacks-unavailable", "The database of callbacks does not answer; a callback that was not kept is to be sent again.");
    public static readonly Problem PersonalKeysUnavailable = Outage("personal-keys-unavailable", "The keys of personal data cannot be had now; the same request with the same Idempotency-Key settles what became of it.");
    public static readonly Problem TooManyListeners = Outage("too-many-listeners", "As many listen already as can be served; the same figures can be read.");
    public static readonly Problem TooManyReports = Outage("too-many-reports", "As many reports are being sent already as can be at once.");
    public static readonly Problem TooManySearches = Outage("too-many-searches", "As many searches of the log are under way already as can be at once.");
    public static readonly Problem TimedOut = Outage("timeout", "The answer took too long; the same request with the same Idempotency-Key settles what became of it.");
    public static readonly Problem Lagging = Outage("position-not-reached", "The read model has not reached that position in time.");

    /// <summary>The body is not what the address takes.</summary>
    /// <param name="path">Where, as a JSON path; null: the whole.</param>
    /// <param name="detail">What is wrong.</param>
    public static Problem Body(string? path, string detail) => new(400, "body-invalid", detail)
    {
        Members = path is null ? new Dictionary<string, object>() : new() { ["path"] = path },
    };

    /// <summary>A part of the address or of the query is not what it may be.</summary>
    public static Problem Parameter(string name, string detail) => new(400, "parameter-invalid", detail)
    {
        Members = new Dictionary<string, object> { ["parameter"] = name },
    };

    /// <summary>There is no such view.</summary>
    public static Problem ViewUnknown(IEnumerable<string> known) => new(404, "view-unknown", $"There is no such view; there are {string.Join(", ", known.Order(StringComparer.Ordinal))}.");

    /// <summary>What a rule of the domain refused.</summary>
    public static Problem Of(Rejection rejection) => new(StatusOf(rejection.Kind), rejection.Code, rejection.Detail)
    {
        Members = rejection.Figures.ToDictionary(f => f.Key, f => (object)f.Value),
    };

    /// <summary>Why a command was not accepted.</summary>
    public static Problem Of(CommandOutcome outcome) => outcome switch
    {
        CommandOutcome.Rejected rejected => Of(rejected.Rejection),
        CommandOutcome.KeyReused => KeyReused,
        CommandOutcome.RevisionMismatch mismatch => RevisionMismatch with
        {
            Members = new Dictionary<string, object> { ["expected"] = mismatch.Expected, ["actual"] = mismatch.Actual },
        },
        CommandOutcome.Overloaded overloaded => Overloaded with { RetryAfter = overloaded.RetryAfter },
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "An accepted command is no problem."),
    };

    static int StatusOf(RejectionKind kind) => kind switch
    {
        RejectionKind.NotFound => StatusCodes.Status404NotFound,
        RejectionKind.Conflict => StatusCodes.Status409Conflict,
        _ => StatusCodes.Status422UnprocessableEntity,
    };

    static Problem Outage(string code, string detail) => new(503, code, detail) { RetryAfter = OutageRetryAfter };
}
