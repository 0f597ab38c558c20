using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Commerce.Projections.Daemon;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Projections.Analytics;

/// <summary>
/// The schema <c>analytics</c>: what analysts read with psql or a BI tool, and the role that may read it and nothing else.
/// </summary>
/// <remarks>
/// A rebuild puts other tables in the place of those below the views, which are made anew over them in the same transaction.
/// </remarks>
sealed class AnalyticsSchema(string documents, ILogger logger)
{
    /// <summary>Grant it to whoever analyses: <c>GRANT commerce_analyst TO ann</c>.</summary>
    public const string Role = "commerce_analyst";

    // A role belongs to the whole server: another database's process may make it at the same moment.
    const string Begin = $"""
        CREATE SCHEMA IF NOT EXISTS analytics;
        COMMENT ON SCHEMA analytics IS 'What analysts read: facts and views, a comment on every column. How old it is: analytics.as_of.';
        CREATE TABLE IF NOT EXISTS commerce.analytics_views (name text PRIMARY KEY, definition text NOT NULL);
        COMMENT ON TABLE commerce.analytics_views IS 'Hashes of the views in the schema analytics as they were made, so that a start changes only what is different.';
        DO $do$ BEGIN
            IF to_regrole('{Role}') IS NULL THEN
                CREATE ROLE {Role} NOLOGIN;
                COMMENT ON ROLE {Role} IS 'May read the schema analytics of Commerce, and nothing else of it.';
            END IF;
        EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN NULL;
        END $do$;

        """;

    const string Grant = $"""
        DO $do$ BEGIN
            IF to_regrole('{Role}') IS NOT NULL AND EXISTS (
                SELECT FROM pg_class WHERE relnamespace = 'analytics'::regnamespace AND relkind IN ('r', 'v') AND NOT has_table_privilege('{Role}', oid, 'SELECT'))
            THEN
                GRANT USAGE ON SCHEMA analytics TO {Role};
                GRANT SELECT ON ALL TABLES IN SCHEMA analytics TO {Role};
            END IF;
        END $do$;
        SELECT to_regrole('{Role}') IS NOT NULL;
        """;

    readonly IReadOnlyList<AnalyticsView> _views = AnalyticsCatalogue.Views(documents);
    int _hasToldOfRole;

    /// <summary>
    /// Creates what is missing or different of the views that show a projection's rows; those that show tables of others as well, which are not there
    /// yet, are left for whoever makes those.
    /// </summary>
    /// <param name="connection">In a transaction that holds <see cref="CheckpointSchema.SchemaLock"/>.</param>
    /// <param name="projection">Its name.</param>
    /// <param name="isAnew">Whether they are made anew although they are not different: the tables below them are others.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task Update(NpgsqlConnection connection, string projection, bool isAnew, CancellationToken cancellationToken)
    {
        var views = _views.Where(v => v.Projections.Contains(projection)).ToList();
        var forgotten = isAnew ? views.Where(v => v != AnalyticsCatalogue.AsOf).Select(Forget) : [];
        await using var command = new NpgsqlCommand(string.Concat([Begin, .. forgotten, .. views.Select(Create), Grant]), connection);
        if (await command.ExecuteScalarAsync(cancellationToken) is not true && Interlocked.Exchange(ref _hasToldOfRole, 1) == 0)
        {
            logger.AnalystRoleMissing(Role);
        }
    }

    // Replacing a view waits for everybody who reads it, hence only what is different. Columns that another version had in another
    // order or type cannot be replaced (42P16).
    static string Create(AnalyticsView view)
    {
        var name = $"analytics.{view.Name}";
        var comments = $"COMMENT ON VIEW {name} IS {Literal(view.Comment)};\n"
            + string.Concat(view.Columns.Select(c => $"COMMENT ON COLUMN {name}.{c.Name} IS {Literal(c.Comment)};\n"));
        var definition = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(view.Select + comments)));
        return string.Create(CultureInfo.InvariantCulture, $"""
            DO $do$ BEGIN
                IF to_regclass('{name}') IS NOT NULL AND EXISTS (SELECT FROM commerce.analytics_views WHERE name = '{view.Name}' AND definition = '{definition}') THEN
                    RETURN;
                END IF;
                BEGIN
                    CREATE OR REPLACE VIEW {name} AS {view.Select};
                EXCEPTION WHEN invalid_table_definition THEN
                    DROP VIEW {name} CASCADE;
                    CREATE VIEW {name} AS {view.Select};
                END;
                {comments}
                INSERT INTO commerce.analytics_views VALUES ('{view.Name}', '{definition}') ON CONFLICT (name) DO UPDATE SET definition = excluded.definition;
            EXCEPTION WHEN undefined_table OR undefined_column THEN NULL;
            END $do$;

            """);
    }

    static string Forget(AnalyticsRelation view) => $"DELETE FROM commerce.analytics_views WHERE name = '{view.Name}';\n";

    static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
