using Npgsql;

namespace Commerce.Commands.Customers;

/// <summary>The table of customers' keys.</summary>
static class PersonalKeySchema
{
    // Two processes that create the same at once fail each other: one after the other, then.
    const string Sql =
        """
        BEGIN;
        SELECT pg_advisory_xact_lock(hashtextextended('commerce.schema', 0));
        CREATE SCHEMA IF NOT EXISTS commerce;
        CREATE TABLE IF NOT EXISTS commerce.personal_keys (
            customer_id  text PRIMARY KEY,
            master_key   text NULL,
            wrapped      bytea NULL,
            created_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
            destroyed_at timestamptz NULL,
            CHECK ((wrapped IS NULL) = (destroyed_at IS NOT NULL) AND (wrapped IS NULL) = (master_key IS NULL))
        );
        COMMENT ON TABLE commerce.personal_keys IS 'The key of each customer''s personal data, encrypted with a master key that is not in the database; a row without a key is a customer who is erased.';
        CREATE INDEX IF NOT EXISTS personal_keys_destroyed ON commerce.personal_keys (destroyed_at) WHERE destroyed_at IS NOT NULL;
        CREATE INDEX IF NOT EXISTS personal_keys_master ON commerce.personal_keys (master_key) WHERE master_key IS NOT NULL;
        COMMIT;
        """;

    /// <summary>Creates what is missing.</summary>
    public static async Task Ensure(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Sql);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }
}
