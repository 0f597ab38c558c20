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
        ALTER TABLE commerce.dead_letters
            ALTER COLUMN order_id DROP NOT NULL,
            ADD COLUMN IF NOT EXISTS id          uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
            ADD COLUMN IF NOT EXISTS state       text NOT NULL DEFAULT 'open' CHECK (state IN ('waiting', 'open', 'replaying', 'handled', 'discarded')),
            ADD COLUMN IF NOT EXISTS attempts    int NOT NULL DEFAULT 1,
            ADD COLUMN IF NOT EXISTS changed_at  timestamptz NULL,
            ADD COLUMN IF NOT EXISTS data        text NULL,
            ADD COLUMN IF NOT EXISTS occurred_at timestamptz NULL,
            ADD COLUMN IF NOT EXISTS correlation text NULL,
            ADD COLUMN IF NOT EXISTS trace_parent text NULL,
            ADD COLUMN IF NOT EXISTS revision    bigint NOT NULL DEFAULT -1,
            ADD COLUMN IF NOT EXISTS asked       int NOT NULL DEFAULT 1,
            ADD COLUMN IF NOT EXISTS taken       int NOT NULL DEFAULT 0;
        COMMENT ON TABLE commerce.dead_letters IS 'Messages that could not be handled, and those of the same order that wait behind them (state waiting). What was decided about a letter is in the log, in deadletter-{id}.';
        DROP INDEX IF EXISTS commerce.dead_letters_order_id;
        CREATE INDEX IF NOT EXISTS dead_letters_held ON commerce.dead_letters (queue, order_id, position) WHERE state IN ('waiting', 'open', 'replaying');
        CREATE INDEX IF NOT EXISTS dead_letters_due ON commerce.dead_letters (queue) WHERE asked > taken;
        CREATE INDEX IF NOT EXISTS dead_letters_listed ON commerce.dead_letters ((state IN ('handled', 'discarded')), at, id) WHERE state <> 'waiting';
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
        CREATE TABLE IF NOT EXISTS commerce.open_sales (
            stream       text PRIMARY KEY,
            opens_at     timestamptz NOT NULL,
            ends_at      timestamptz NOT NULL,
            cause        uuid NOT NULL,
            correlation  text NULL,
            trace_parent text NULL
        );
        COMMENT ON TABLE commerce.open_sales IS 'Flash sales that the clock has to be brought to, until their last claim is paid or returned; made of the log up to the checkpoint named flash-sales.';
        COMMIT;
        """;

    /// <summary>Creates what is missing.</summary>
    public static async Task Ensure(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
