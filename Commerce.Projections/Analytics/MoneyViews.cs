using Commerce.Projections.Daemon;
using static Commerce.Projections.Analytics.SqlWords;

namespace Commerce.Projections.Analytics;

/// <summary>Payments, and what came of holding them against the provider's statements.</summary>
static class MoneyViews
{
    /// <summary>All of them, over the documents in this schema.</summary>
    public static IEnumerable<AnalyticsView> All(string documents) => [Payments(documents), Runs(documents), Differences(documents)];

    static AnalyticsView Payments(string documents) => new(
        "payments",
        "One row for each payment of an order: refunded <= captured <= authorised.",
        [ProjectionNames.Orders],
        "requested_on, payment_id",
        [
            new("payment_id", "id", "The payment."),
            new("order_id", "(data ->> 'order')::uuid", "The order that it pays."),
            new("status", Word("data", "status"), "Where it stands: requested, authorised, declined, expired, voiding, voided."),
            new("currency", CurrencyOf("data", "amount"), "ISO 4217 code of its amounts."),
            new("amount", Amount("data", "amount"), "What was asked for."),
            new("authorised", Amount("data", "authorised"), "What the provider holds or held for us; 0 unless it said yes."),
            new("captured", Amount("data", "captured"), "What the provider took."),
            new("refunded", Amount("data", "refunded"), "What the provider gave back."),
            new("reference", Text("data", "reference"), "The provider's reference of the authorisation."),
            new("decline_code", Text("data", "declineCode"), "Why the provider said no."),
            new("requested_at", Time("data", "requestedAt"), "When it was asked for."),
            new("changed_at", Time("data", "changedAt"), "When it last changed."),
            new("requested_on", Day(Time("data", "requestedAt")), "UTC day of requested_at."),
        ],
        $"FROM {documents}.mt_doc_paymentview",
        Day: "requested_on");

    static AnalyticsView Runs(string documents) => new(
        "reconciliation_runs",
        "One row for each run that held a day of the payment provider's statement against the log.",
        [ProjectionNames.Reconciliations],
        "day, run",
        [
            new("day", "(data ->> 'date')::date", "The UTC day that was looked at."),
            new("run", Whole("data", "run"), "The how-manieth run of that day, from 1."),
            new("started_at", Time("data", "startedAt"), "When it began."),
            new("finished_at", Time("data", "finishedAt"), "When it reached its end; empty: it has not."),
            new("movements", Whole("data", "movements"), "Movements of the day that were held against each other."),
            new("differences", Whole("data", "differences"), "Those that the two sides do not agree on = repaired + left_open."),
            new("repaired", Whole("data", "repaired"), "Differences that a rule repaired."),
            new("left_open", Whole("data", "left"), "Differences that a person has to look at."),
        ],
        $"FROM {documents}.mt_doc_reconciliationrunview",
        Day: "day");

    static AnalyticsView Differences(string documents) => new(
        "reconciliation_differences",
        "One row for each movement of money that the payment provider and the log do not agree on, or did not.",
        [ProjectionNames.Reconciliations],
        "day, movement, payment_id, transfer_id",
        [
            new("day", "(data ->> 'date')::date", "The UTC day that was looked at."),
            new("movement", Word("data", "movement"), "What moves: authorisation, capture, void, refund."),
            new("payment_id", "(data ->> 'payment')::uuid", "The payment."),
            new("transfer_id", "(data ->> 'transfer')::uuid", "The capture or refund."),
            new("order_id", "(data ->> 'order')::uuid", "The order; empty: the log does not know the payment."),
            new("class", Word("data", "class"), "In what they differ: missingHere, missingThere, amount, state."),
            new("fate", $"CASE WHEN (data ->> 'isGone')::boolean THEN 'gone' ELSE {Word("data", "fate")} END", "What became of it: found, repaired, left for a person, gone when a later run looked."),
            new("note", Text("data", "note"), "The outcome of the repair, or why a person has to look."),
            new("currency", $"coalesce({CurrencyOf("data", "amountHere")}, {CurrencyOf("data", "amountThere")}, {CurrencyOf("data", "orderAmount")})", "ISO 4217 code of the amounts."),
            new("amount_here", Amount("data", "amountHere"), "How much, by the log; empty: nothing."),
            new("amount_there", Amount("data", "amountThere"), "How much, by the provider; empty: nothing."),
            new("order_amount", Amount("data", "orderAmount"), "How much the order wants to move, where that is the difference."),
            new("reference", Text("data", "reference"), "The provider's own id of it."),
            new("moved_at", Time("data", "at"), "When it moved."),
            new("run", Whole("data", "run"), "The last run that saw it."),
        ],
        $"FROM {documents}.mt_doc_reconciliationdifferenceview",
        Day: "day");
}
