using Npgsql;

namespace Commerce.Commands.Payments.Callbacks;

/// <summary>The table of callbacks.</summary>
static class CallbackSchema
{
    // Two processes that create the same at once fail each other: one after the other, then.
    const string Sql =
        """
        BEGIN;
        SELECT pg_advisory_xact_lock(hashtextextended('commerce.schema', 0));
        CREATE SCHEMA IF NOT EXISTS commerce;
        CREATE TABLE IF NOT EXISTS commerce.payment_callbacks (
            sequence    bigint GENERATED ALWAYS AS IDENTITY,
            provider    text NOT NULL,
            id          text NOT NULL,
            body        bytea NOT NULL,
            received_at timestamptz NOT NULL,
            state       text NOT NULL,
            tries       int NOT NULL DEFAULT 0,
            try_at      timestamptz NULL,
            settled_at  timestamptz NULL,
            code        text NULL,
            detail      text NULL,
            PRIMARY KEY (provider, id)
        );
        COMMENT ON TABLE commerce.payment_callbacks IS 'What payment providers sent, kept before it was answered; id is the header webhook-id, body what was signed.';
        CREATE INDEX IF NOT EXISTS payment_callbacks_due ON commerce.payment_callbacks (try_at) WHERE state = 'waiting';
        CREATE INDEX IF NOT EXISTS payment_callbacks_state ON commerce.payment_callbacks (state, sequence);
        CREATE INDEX IF NOT EXISTS payment_callbacks_sequence ON commerce.payment_callbacks (sequence);
        CREATE INDEX IF NOT EXISTS payment_callbacks_settled ON commerce.payment_callbacks (settled_at) WHERE state <> 'waiting';
        COMMIT;
        """;

    /// <summary>Creates what is missing.</summary>
    public static async Task Ensure(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
