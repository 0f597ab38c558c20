using System.Security.Cryptography;
using System.Text;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Projections.Daemon;

/// <summary>The table of checkpoints and the function that moves one.</summary>
public static class CheckpointSchema
{
    /// <summary>SQLSTATE of a checkpoint that is not where it should be. A class of our own: PostgreSQL reserves none that begins with a letter from I on.</summary>
    public const string MovedSqlState = "PC001";

    /// <summary>Makes two nodes that start at once create tables one after the other: CREATE … IF NOT EXISTS alone may fail then.</summary>
    internal const long SchemaLock = 0x434F_4D4D_0001;

    /// <summary>Creates both in a schema, where they are missing or as another version made them.</summary>
    /// <param name="connection">In a transaction that holds <see cref="SchemaLock"/>.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task Ensure(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        var function = $"{schema}.advance_projection(text, int, bigint, bigint)";
        var create = Create(schema);
        var version = "Moves a checkpoint. Schema " + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(create)))[..16];
        var found = $"SELECT obj_description(to_regprocedure('{function}'), 'pg_proc') WHERE to_regclass('{schema}.projection_checkpoints') IS NOT NULL";
        await using var look = new NpgsqlCommand(found, connection);
        if (await look.ExecuteScalarAsync(cancellationToken) as string != version)
        {
            await using var command = new NpgsqlCommand($"{create}COMMENT ON FUNCTION {function} IS '{version}'", connection);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    static string Create(string schema) => $"""
        CREATE SCHEMA IF NOT EXISTS {schema};
        CREATE TABLE IF NOT EXISTS {schema}.projection_checkpoints (
            name text PRIMARY KEY,
            version int NOT NULL,
            position bigint NOT NULL,
            rebuilding_to bigint NULL,
            error text NULL,
            rebuild bigint NOT NULL DEFAULT -1,
            begun_at timestamptz NOT NULL DEFAULT now(),
            begun_from bigint NOT NULL DEFAULT 0,
            updated_at timestamptz NOT NULL DEFAULT now()
        );
        DO $$ BEGIN
            -- Only where they are missing: it waits for every reader, analysts with long answers included, and all others for it.
            IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = '{schema}.projection_checkpoints'::regclass AND attname = 'error_type') THEN
                ALTER TABLE {schema}.projection_checkpoints ADD COLUMN error_position bigint NULL, ADD COLUMN error_type text NULL;
            END IF;
            IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = '{schema}.projection_checkpoints'::regclass AND attname = 'rebuild') THEN
                ALTER TABLE {schema}.projection_checkpoints
                    ADD COLUMN rebuild bigint NOT NULL DEFAULT -1, ADD COLUMN begun_at timestamptz NOT NULL DEFAULT now(), ADD COLUMN begun_from bigint NOT NULL DEFAULT 0;
            END IF;
        END $$;
        COMMENT ON TABLE {schema}.projection_checkpoints IS 'How far each projection has come; moved in the transaction that writes its rows.';
        COMMENT ON COLUMN {schema}.projection_checkpoints.version IS 'Version of the code that made the rows.';
        COMMENT ON COLUMN {schema}.projection_checkpoints.position IS 'Every event of the log up to here is in the rows.';
        COMMENT ON COLUMN {schema}.projection_checkpoints.rebuilding_to IS 'While not empty, the rows are being made for the first time and lack events up to here.';
        COMMENT ON COLUMN {schema}.projection_checkpoints.rebuild IS 'Revision, in the projection''s stream of decisions, of the rebuild that made the rows; -1: nobody asked for it.';
        COMMENT ON COLUMN {schema}.projection_checkpoints.begun_at IS 'When the process that makes the rows began to.';
        COMMENT ON COLUMN {schema}.projection_checkpoints.begun_from IS 'And from which position: with position and updated_at it gives the rate.';
        COMMENT ON COLUMN {schema}.projection_checkpoints.error IS 'Why the projection stands still.';
        COMMENT ON COLUMN {schema}.projection_checkpoints.error_position IS 'Place in the log of the event that it cannot apply.';
        COMMENT ON COLUMN {schema}.projection_checkpoints.error_type IS 'Name of that event.';
        CREATE OR REPLACE FUNCTION {schema}.advance_projection(p_name text, p_version int, p_from bigint, p_to bigint) RETURNS void LANGUAGE plpgsql AS $$
        BEGIN
            UPDATE {schema}.projection_checkpoints
            SET position = p_to, rebuilding_to = CASE WHEN rebuilding_to > p_to THEN rebuilding_to END, error = NULL, error_position = NULL, error_type = NULL,
                updated_at = greatest(updated_at, now())
            WHERE name = p_name AND version = p_version AND position = p_from;
            IF NOT FOUND THEN
                RAISE EXCEPTION 'The checkpoint of % is not at %.', p_name, p_from USING ERRCODE = 'PC001';
            END IF;
        END $$;

        """;

    /// <summary>Moves a checkpoint, or fails the transaction with <see cref="MovedSqlState"/>.</summary>
    public static SqlStatement Advance(CheckpointMove move, string schema) => new(
        $"SELECT {schema}.advance_projection($1, $2, $3, $4)", move.Projection, move.Version, move.From.Value, move.To.Value);

    /// <summary>How far a projection is: its position, and when it came there.</summary>
    internal static SqlStatement State(string projection, string schema) => new(
        $"SELECT position, updated_at FROM {schema}.projection_checkpoints WHERE name = $1", projection);
}
