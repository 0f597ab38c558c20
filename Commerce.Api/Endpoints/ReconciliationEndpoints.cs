using System.Collections.Immutable;
using Commerce.Api.Http;
using Commerce.Domain;
using Commerce.Domain.Reconciliation;
using Commerce.Projections;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;

namespace Commerce.Api.Endpoints;

/// <summary>What came of holding the log against the payment provider's statements: <c>/ops/reconciliations</c>.</summary>
static class ReconciliationEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapReconciliations(this IEndpointRouteBuilder routes)
    {
        var reconciliations = routes.MapGroup("/ops/reconciliations").WithTags("Operations");

        reconciliations.MapGet("/", async (string? limit, string? cursor, ReconciliationQueries queries, CancellationToken ct) =>
                QueryAnswers.List(
                    await queries.FindRuns(QueryAnswers.Page(limit, cursor), ct),
                    (items, next) => new ReconciliationPage([.. items.Select(ReconciliationRun.Of)], next),
                    ApiJson.Default.ReconciliationPage))
            .Describe("ListReconciliations", "Runs that held a day against the payment provider's statement, the newest day first")
            .WaitsFor(ProjectionNames.Reconciliations)
            .Answers<ReconciliationPage>(200);

        reconciliations.MapGet("/{date}", async (string date, string? limit, string? cursor, ReconciliationQueries queries, CancellationToken ct) =>
                await LastRun(queries, date, ct) is { } run
                    ? QueryAnswers.List(
                        await queries.FindDifferences(run.Date, QueryAnswers.Page(limit, cursor), ct),
                        (items, next) => new ReconciliationResource(run.View.Date, ReconciliationRun.Of(run.View), [.. items.Select(ReconciliationDifference.Of)], next),
                        ApiJson.Default.ReconciliationResource)
                    : Unknown)
            .Describe("GetReconciliation", "The last run of a day, and the differences that the runs of that day found", "The day is of UTC, e.g. `2026-01-31`.")
            .WaitsFor(ProjectionNames.Reconciliations)
            .Answers<ReconciliationResource>(200, 404);
    }

    /// <summary>404.</summary>
    public static Problem Unknown => new(404, "reconciliation-unknown", "This day was not reconciled.");

    static async Task<(DateOnly Date, ReconciliationRunView View)?> LastRun(ReconciliationQueries queries, string date, CancellationToken cancellationToken) =>
        Query.Day("date", date) is { } day && await queries.LastRun(day, cancellationToken).ConfigureAwait(false) is { } view ? (day, view) : null;
}

/// <summary>A run that held a day against the payment provider's statement. Differences = repaired + left once it is finished.</summary>
/// <param name="Date">The day, UTC.</param>
/// <param name="Run">The how-manieth run of that day.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="FinishedAt">When it reached its end; missing: it has not.</param>
/// <param name="Movements">Movements of the day that were held against each other.</param>
/// <param name="Differences">Those that the two sides do not agree on.</param>
/// <param name="Repaired">Differences that a rule repaired.</param>
/// <param name="Left">Differences that a person has to look at.</param>
sealed record ReconciliationRun(string Date, int Run, DateTimeOffset StartedAt, DateTimeOffset? FinishedAt, int Movements, int Differences, int Repaired, int Left)
{
    /// <summary>As the read model has it.</summary>
    public static ReconciliationRun Of(ReconciliationRunView r) => new(r.Date, r.Run, r.StartedAt, r.FinishedAt, r.Movements, r.Differences, r.Repaired, r.Left);
}

/// <summary>A page of runs, the newest day first.</summary>
/// <param name="Items">The runs.</param>
/// <param name="Next">Cursor of the next page; missing on the last.</param>
sealed record ReconciliationPage(ImmutableArray<ReconciliationRun> Items, string? Next = null);

/// <summary>A day that was held against the payment provider's statement.</summary>
/// <param name="Date">The day, UTC.</param>
/// <param name="LastRun">Its last run.</param>
/// <param name="Differences">What its runs found.</param>
/// <param name="Next">Cursor of the next page of differences; missing on the last.</param>
sealed record ReconciliationResource(string Date, ReconciliationRun LastRun, ImmutableArray<ReconciliationDifference> Differences, string? Next = null);

/// <summary>A movement that the payment provider and the log do not agree on, or did not.</summary>
/// <param name="Class">In what they differ: <c>missingHere</c>, <c>missingThere</c>, <c>amount</c>, <c>state</c>.</param>
/// <param name="Fate">What became of it: <c>found</c>, <c>repaired</c>, <c>left</c> for a person, or <c>gone</c> when a later run looked.</param>
/// <param name="Note">The outcome of the repair, or why a person has to look.</param>
/// <param name="Movement">What moves: <c>authorisation</c>, <c>capture</c>, <c>void</c>, <c>refund</c>.</param>
/// <param name="PaymentId">The payment.</param>
/// <param name="TransferId">The capture or refund.</param>
/// <param name="OrderId">The order; missing: the log does not know the payment.</param>
/// <param name="OrderSays">What the order says of it, where that is the difference: <c>nothing</c>, <c>placed</c>, <c>promised</c>, <c>rejected</c>, <c>cancelled</c>, <c>shipped</c>, <c>returned</c>; missing: the two sides differ.</param>
/// <param name="OrderAmount">How much the order wants to move.</param>
/// <param name="Here">What the log says: <c>awaited</c>, <c>givenUp</c>, <c>declined</c>, <c>done</c>; missing: nothing.</param>
/// <param name="AmountHere">How much, by the log.</param>
/// <param name="There">What the provider says; missing: nothing.</param>
/// <param name="AmountThere">How much, by the provider.</param>
/// <param name="Reference">The provider's own id of it.</param>
/// <param name="At">When it moved.</param>
/// <param name="Run">The last run that saw it.</param>
sealed record ReconciliationDifference(
    string Class,
    string Fate,
    string? Note,
    string Movement,
    Guid PaymentId,
    Guid? TransferId,
    Guid? OrderId,
    string? OrderSays,
    Money? OrderAmount,
    string? Here,
    Money? AmountHere,
    string? There,
    Money? AmountThere,
    string? Reference,
    DateTimeOffset At,
    int Run)
{
    /// <summary>As the read model has it.</summary>
    public static ReconciliationDifference Of(ReconciliationDifferenceView d) => new(
        Words.Of(d.Class), d.IsGone ? "gone" : Words.Of(d.Fate), d.Note, Words.Of(d.Movement), d.Payment, d.Transfer, d.Order, d.OrderSays is { } says ? Words.Of(says) : null, d.OrderAmount, Word(d.Here), d.AmountHere, Word(d.There), d.AmountThere, d.Reference, d.At, d.Run);

    static string? Word(MovementState? state) => state is { } known ? Words.Of(known) : null;
}
