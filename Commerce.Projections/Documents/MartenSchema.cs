using System.Text;

namespace Commerce.Projections.Documents;

/// <summary>
/// DDL and statements of a document table just as Marten 8 and 9 write them (https://martendb.io/documents/storage), so that
/// Marten takes the tables as its own and a user moves between the two without a migration.
/// </summary>
public static class MartenSchema
{
    /// <summary>Creates the table where it is missing, with its key.</summary>
    public static string Create(DocumentMapping mapping, string schema)
    {
        var table = $"{schema}.{mapping.Table}";
        var ddl = new StringBuilder($"""
            CREATE TABLE IF NOT EXISTS {table} (
                id                  {mapping.IdSqlType} NOT NULL,
                data                jsonb NOT NULL,
                mt_last_modified    timestamp with time zone NULL DEFAULT (transaction_timestamp()),
                mt_version          uuid NOT NULL DEFAULT (md5(random()::text || clock_timestamp()::text)::uuid),
                mt_dotnet_type      varchar NULL,
            """);
        foreach (var field in mapping.Duplicated)
        {
            ddl.Append("\n    ").Append(field.Column).Append(' ').Append(field.SqlType).Append(" NULL,");
        }

        ddl.Append("\nCONSTRAINT pkey_").Append(mapping.Table).Append("_id PRIMARY KEY (id)\n);\n");
        return ddl.Append(Compression(table)).ToString();
    }

    /// <summary>Creates the indexes that are missing.</summary>
    public static string Index(DocumentMapping mapping, string schema)
    {
        var (table, ddl) = ($"{schema}.{mapping.Table}", new StringBuilder());
        foreach (var field in mapping.Duplicated)
        {
            ddl.Append($"CREATE INDEX IF NOT EXISTS {mapping.Table}_idx_{field.Column} ON {table} USING btree ({field.Column});\n");
        }

        foreach (var property in mapping.Indexed)
        {
            ddl.Append($"CREATE INDEX IF NOT EXISTS {mapping.Table}_idx_{property.ToLowerInvariant()} ON {table} USING btree ((data ->> '{property}'));\n");
        }

        return ddl.ToString();
    }

    /// <summary>Tells the server's planner what is in it. What the documents hold says nothing to it and takes half of the time; but an index over that is asked for with all the rest only.</summary>
    internal static string Analyze(DocumentMapping mapping, string schema) =>
        $"ANALYZE {schema}.{mapping.Table}{(mapping.Indexed.Count > 0 ? string.Empty : $" (id{string.Concat(mapping.Duplicated.Select(f => $", {f.Column}"))})")}";

    /// <summary>Removes the table with all it holds.</summary>
    public static string Drop(DocumentMapping mapping, string schema) => $"DROP TABLE IF EXISTS {schema}.{mapping.Table} CASCADE;\n";

    // Several times as fast as what servers compress with by themselves, which was a fifth of writing orders; not every server is
    // built with it (before PostgreSQL 14 none is, nor has the column that says so). Marten does not look at it. Set once, for it waits
    // for every reader, and all others for it.
    static string Compression(string table) => $"""
        DO $$ BEGIN
            IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = '{table}'::regclass AND attname = 'data' AND attcompression = 'l') THEN
                ALTER TABLE {table} ALTER data SET COMPRESSION lz4;
            END IF;
        EXCEPTION WHEN feature_not_supported OR syntax_error OR undefined_column THEN NULL;
        END $$;

        """;

    /// <summary>Inserts or replaces many: $1 ids, $2 data, $3 versions, $4 the .NET type.</summary>
    internal static string Upsert(DocumentMapping mapping, string schema)
    {
        var columns = string.Concat(mapping.Duplicated.Select(f => $", {f.Column}"));
        var values = string.Concat(mapping.Duplicated.Select(f => $", (u.data ->> '{f.Json}')::{f.SqlType}"));
        var updates = string.Concat(mapping.Duplicated.Select(f => $", {f.Column} = excluded.{f.Column}"));
        return $"""
            INSERT INTO {schema}.{mapping.Table} (id, data, mt_version, mt_dotnet_type, mt_last_modified{columns})
            SELECT u.id, u.data, u.version, $4, transaction_timestamp(){values}
            FROM unnest($1::{mapping.IdSqlType}[], $2::jsonb[], $3::uuid[]) AS u (id, data, version)
            ON CONFLICT (id) DO UPDATE SET
                data = excluded.data, mt_version = excluded.mt_version, mt_dotnet_type = excluded.mt_dotnet_type,
                mt_last_modified = excluded.mt_last_modified{updates}
            """;
    }

    /// <summary>Takes many that are not there yet: id, data, version, the .NET type, then duplicated fields, in binary form.</summary>
    internal static string Copy(DocumentMapping mapping, string schema) =>
        $"COPY {schema}.{mapping.Table} (id, data, mt_version, mt_dotnet_type{string.Concat(mapping.Duplicated.Select(f => $", {f.Column}"))}) FROM STDIN (FORMAT binary)";

    internal static string Select(DocumentMapping mapping, string schema) => $"select d.data from {schema}.{mapping.Table} as d";

    /// <summary>Id, version and data by $1 ids; no data where the version is the one at its place in $2.</summary>
    internal static string SelectChanged(DocumentMapping mapping, string schema) => $"""
        select d.id, d.mt_version, case when d.mt_version = k.version then null else d.data end
        from unnest($1::{mapping.IdSqlType}[], $2::uuid[]) as k (id, version) join {schema}.{mapping.Table} as d on d.id = k.id
        """;

    internal static string Delete(DocumentMapping mapping, string schema) => $"delete from {schema}.{mapping.Table} as d where d.id = any($1)";
}
