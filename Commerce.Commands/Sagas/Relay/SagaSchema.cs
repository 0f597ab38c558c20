using Npgsql;

namespace Commerce.Commands.Sagas.Relay;

/// <summary>Tables of relay, consumers and deadlines.</summary>
static class SagaSchema
{
    // Two processes that create the same at once fail each other: one after the other, then.
    const string Sql =
        """
        BEGIN;
        SELECT pg_advisory_xact_lock(hashtextextended('commerce.schema', 0));
        CREATE SCHEMA IF NOT EXISTS commerce;
        CREATE TABLE IF NOT EXISTS commerce.relay_checkpoints (
            name       text PRIMARY KEY,
            position   bigint NOT NULL,
            updated_at timestamptz NOT NULL
        );
        CREATE TABLE IF NOT EXISTS commerce.dead_letters (
            queue    text NOT NULL,
            event_id uuid NOT NULL,
            order_id uuid NOT NULL,
            position bigint NOT NULL,
            type     text NOT NULL,
            reason   text NOT NULL,
            at       timestamptz NOT NULL,
            PRIMARY KEY (queue, event_id)
        );
        CREATE INDEX IF NOT EXISTS dead_letters_order_id ON commerce.dead_letters (order_id, position);
        CREATE TABLE IF NOT EXISTS commerce.deadlines (
            stream       text PRIMARY KEY,
            order_id     uuid NOT NULL,
            due_at       timestamptz NOT NULL,
            wake_at      timestamptz NOT NULL,
            wakings      int NOT NULL DEFAULT 0,
            cause        uuid NOT NULL,
            correlation  text NULL,
            trace_parent text NULL
        );
        COMMENT ON TABLE commerce.deadlines IS 'Moments at which something of an order is due, as the log sets them; made of the log up to the checkpoint named deadlines.';
        CREATE INDEX IF NOT EXISTS deadlines_wake_at ON commerce.deadlines (wake_at);
        COMMIT;
        """;

    /// <summary>Creates what is missing.</summary>
    public static async Task Ensure(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
