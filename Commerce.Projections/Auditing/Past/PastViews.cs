using Commerce.Projections.Analytics;

namespace Commerce.Projections.Auditing.Past;

/// <summary>The views of the schema <c>analytics</c> over read models that were built in a schema of their own, and under the same names.</summary>
static class PastViews
{
    /// <summary>Creates them, and lets analysts read them and the facts.</summary>
    public static string Create(string schema)
    {
        // The texts of the views name where tables lie: facts and other views, and checkpoints. Here all of it lies in one schema.
        string Here(string sql) => sql
            .Replace("analytics.", $"{schema}.", StringComparison.Ordinal)
            .Replace("commerce.projection_checkpoints", $"{schema}.projection_checkpoints", StringComparison.Ordinal);

        var views = AnalyticsCatalogue.Views(schema).Select(v =>
            $"DROP VIEW IF EXISTS {schema}.{v.Name} CASCADE;\nCREATE VIEW {schema}.{v.Name} AS {Here(v.Select)};\nCOMMENT ON VIEW {schema}.{v.Name} IS {Literal(Here(v.Comment))};\n"
            + string.Concat(v.Columns.Select(c => $"COMMENT ON COLUMN {schema}.{v.Name}.{c.Name} IS {Literal(Here(c.Comment))};\n")));
        return string.Concat(views) + $"""
            DO $do$ BEGIN
                IF to_regrole('{AnalyticsSchema.Role}') IS NOT NULL THEN
                    GRANT USAGE ON SCHEMA {schema} TO {AnalyticsSchema.Role};
                    GRANT SELECT ON {string.Join(", ", AnalyticsCatalogue.Relations(schema).Select(r => $"{schema}.{r.Name}"))} TO {AnalyticsSchema.Role};
                END IF;
            END $do$;
            """;
    }

    static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
