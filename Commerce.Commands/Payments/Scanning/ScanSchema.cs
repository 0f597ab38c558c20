using Npgsql;

namespace Commerce.Commands.Payments.Scanning;

/// <summary>Table of the movements without an answer.</summary>
static class ScanSchema
{
    // Two processes that create the same at once fail each other: one after the other, then.
    const string Sql =
        """
        BEGIN;
        SELECT pg_advisory_xact_lock(hashtextextended('commerce.schema', 0));
        CREATE SCHEMA IF NOT EXISTS commerce;
        CREATE TABLE IF NOT EXISTS commerce.open_movements (
            key          text PRIMARY KEY,
            payment_id   uuid NOT NULL,
            kind         text NOT NULL,
            transfer_id  uuid NULL,
            revision     bigint NOT NULL,
            requested_at timestamptz NOT NULL,
            ask_at       timestamptz NOT NULL,
            asks         int NOT NULL DEFAULT 0
        );
        COMMENT ON TABLE commerce.open_movements IS 'Movements of payments that were asked for and have no answer; made of the log up to the checkpoint named open-movements.';
        CREATE INDEX IF NOT EXISTS open_movements_ask_at ON commerce.open_movements (ask_at);
        COMMIT;
        """;

    /// <summary>Creates what is missing.</summary>
    public static async Task Ensure(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
