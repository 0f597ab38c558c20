using Commerce.Domain;
using Commerce.Domain.Payments;
using Commerce.Projections.Analytics;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;

namespace Commerce.Projections;

/// <summary>One movement of money at the payment provider. Key: the event's position.</summary>
/// <param name="Position">Place of its event in the log.</param>
/// <param name="Payment">The payment as the event left it.</param>
/// <param name="Movement">What moved.</param>
/// <param name="Amount">How much.</param>
/// <param name="Cash">What it adds to our account, below zero what it takes.</param>
/// <param name="Reference">The provider's own id of it.</param>
/// <param name="OccurredAt">When.</param>
sealed record LedgerEntry(long Position, PaymentView Payment, string Movement, Money Amount, decimal Cash, string? Reference, DateTimeOffset OccurredAt)
{
    /// <summary>What an event moves; null: nothing.</summary>
    public static LedgerEntry? Of(PaymentView payment, ProjectedEvent e)
    {
        return e.Event switch
        {
            PaymentEvent.Authorised x => Entry("authorised", payment.Amount, 0, x.Reference),
            PaymentEvent.AuthorisedLate x => Entry("authorised", payment.Amount, 0, x.Reference),
            PaymentEvent.Captured x => Entry("captured", x.Amount, x.Amount.Amount, x.Reference),
            PaymentEvent.Voided x => Entry("voided", payment.Amount, 0, x.Reference),
            PaymentEvent.Refunded x => Entry("refunded", x.Amount, -x.Amount.Amount, x.Reference),
            _ => null,
        };

        LedgerEntry Entry(string movement, Money amount, decimal cash, string reference) => new(e.Position, payment, movement, amount, cash, reference, e.OccurredAt);
    }
}

/// <summary>The table <c>payment_ledger</c>.</summary>
/// <param name="facts">Schema that it lies in.</param>
sealed class PaymentLedger(string facts)
{
    /// <summary>The table, for those who read it by its name.</summary>
    public static readonly AnalyticsRelation Relation = new(
        "payment_ledger", "Each movement of money at the payment provider.", [ProjectionNames.Orders], "occurred_on, position", Day: "occurred_on");

    /// <summary>The table, in this schema.</summary>
    public ProjectionTables Tables { get; } = new(new ProjectionTable(
        $"{facts}.payment_ledger",
        $"""
        CREATE SCHEMA IF NOT EXISTS {facts};
        CREATE TABLE IF NOT EXISTS {facts}.payment_ledger (
            position bigint NOT NULL,
            payment_id uuid NOT NULL,
            order_id uuid NOT NULL,
            movement text NOT NULL,
            amount numeric NOT NULL,
            cash numeric NOT NULL,
            currency text NOT NULL,
            reference text NULL,
            occurred_at timestamptz NOT NULL,
            occurred_on date NOT NULL,
            CONSTRAINT payment_ledger_pkey PRIMARY KEY (position)
        );
        COMMENT ON TABLE {facts}.payment_ledger IS 'One row for each movement of money at the payment provider: what it held, took, let go and gave back.';
        COMMENT ON COLUMN {facts}.payment_ledger.position IS 'Place in the event log of the event that made the row.';
        COMMENT ON COLUMN {facts}.payment_ledger.payment_id IS 'The payment.';
        COMMENT ON COLUMN {facts}.payment_ledger.order_id IS 'The order that it pays.';
        COMMENT ON COLUMN {facts}.payment_ledger.movement IS 'authorised (held for us), captured (taken), voided (what was held and not taken is let go), refunded (given back).';
        COMMENT ON COLUMN {facts}.payment_ledger.amount IS 'How much, above zero; of authorised and voided the amount of the whole payment.';
        COMMENT ON COLUMN {facts}.payment_ledger.cash IS 'What it adds to our account: captured amounts, refunded ones below zero, else 0. Its sum is what orders brought in.';
        COMMENT ON COLUMN {facts}.payment_ledger.currency IS 'ISO 4217. Amounts of different currencies do not add up.';
        COMMENT ON COLUMN {facts}.payment_ledger.reference IS 'The provider''s own id of the movement.';
        COMMENT ON COLUMN {facts}.payment_ledger.occurred_at IS 'When it happened; for past trade, before it was recorded.';
        COMMENT ON COLUMN {facts}.payment_ledger.occurred_on IS 'The UTC day of occurred_at.';

        """,
        string.Empty,
        $"DROP TABLE IF EXISTS {facts}.payment_ledger CASCADE;\n"));

    readonly string _insert = $"""
        INSERT INTO {facts}.payment_ledger (position, payment_id, order_id, movement, amount, cash, currency, reference, occurred_at, occurred_on)
        SELECT position, payment_id, order_id, movement, amount, cash, currency, reference, occurred_at, (occurred_at AT TIME ZONE 'UTC')::date
        FROM unnest($1::bigint[], $2::uuid[], $3::uuid[], $4::text[], $5::numeric[], $6::numeric[], $7::text[], $8::text[], $9::timestamptz[])
            AS e (position, payment_id, order_id, movement, amount, cash, currency, reference, occurred_at)
        """;

    /// <summary>Adds entries, in the transaction that moves the checkpoint.</summary>
    public void Write(DocumentChanges changes, IReadOnlyList<LedgerEntry> entries)
    {
        if (entries.Count > 0)
        {
            changes.Execute(new SqlStatement(
                _insert,
                Column(e => e.Position), Column(e => e.Payment.Id), Column(e => e.Payment.Order), Column(e => e.Movement), Column(e => e.Amount.Amount), Column(e => e.Cash),
                Column(e => e.Amount.Currency.Code), Column(e => e.Reference), Column(e => e.OccurredAt)));
        }

        T[] Column<T>(Func<LedgerEntry, T> value) => [.. entries.Select(value)];
    }
}
