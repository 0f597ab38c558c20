using Npgsql;

namespace Commerce.Commands.Webhooks;

/// <summary>Tables of webhooks.</summary>
static class WebhookSchema
{
    // Two processes that create the same at once fail each other: one after the other, then.
    const string Sql =
        """
        BEGIN;
        SELECT pg_advisory_xact_lock(hashtextextended('commerce.schema', 0));
        CREATE SCHEMA IF NOT EXISTS commerce;
        CREATE TABLE IF NOT EXISTS commerce.webhooks (
            id      uuid PRIMARY KEY,
            touched bigint NOT NULL,
            read_to bigint NULL,
            applied bigint NOT NULL DEFAULT -1
        );
        COMMENT ON TABLE commerce.webhooks IS 'Subscriptions to webhooks, made of the log up to the checkpoint named webhooks: touched is the position of the last event of each, read_to how far the log was read for it, applied the revision up to which its replays are done.';
        CREATE TABLE IF NOT EXISTS commerce.webhook_deliveries (
            webhook_id  uuid NOT NULL,
            event_id    uuid NOT NULL,
            position    bigint NOT NULL,
            stream      text NOT NULL,
            revision    bigint NOT NULL,
            type        text NOT NULL,
            order_key   text NOT NULL,
            state       text NOT NULL CHECK (state IN ('waiting', 'delivered', 'failed')),
            attempts    int NOT NULL DEFAULT 0,
            due_at      timestamptz NOT NULL,
            last_at     timestamptz NULL,
            last_status int NULL,
            last_error  text NULL,
            PRIMARY KEY (webhook_id, event_id)
        );
        COMMENT ON TABLE commerce.webhook_deliveries IS 'What is sent to each subscription to webhooks: an event each, told in order within its order_key. The event itself is in the log.';
        CREATE INDEX IF NOT EXISTS webhook_deliveries_waiting ON commerce.webhook_deliveries (webhook_id, position) WHERE state = 'waiting';
        CREATE INDEX IF NOT EXISTS webhook_deliveries_listed ON commerce.webhook_deliveries (webhook_id, position DESC);
        COMMIT;
        """;

    /// <summary>Creates what is missing.</summary>
    public static async Task Ensure(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
