using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Projections.Documents;

/// <summary>
/// Writes many documents that are not there yet by COPY in binary form: a third of the work of a statement with arrays, which PostgreSQL
/// takes apart value by value and looks for conflicts.
/// </summary>
static class DocumentCopy
{
    /// <summary>Fewer are not worth the round trips.</summary>
    public const int DocumentsMin = 200;

    /// <summary>Writes them, in the transaction that is under way.</summary>
    /// <exception cref="PostgresException">One of them is there (23505).</exception>
    public static async Task Run<T, TId>(NpgsqlConnection connection, string schema, IReadOnlyList<T> documents, CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        var mapping = DocumentMapping.Of(typeof(T));
        var json = (JsonTypeInfo<T>)mapping.Json;
        var idType = mapping.IdSqlType == "uuid" ? NpgsqlDbType.Uuid : NpgsqlDbType.Varchar;
        await using var copy = await connection.BeginBinaryImportAsync(MartenSchema.Copy(mapping, schema), cancellationToken);
        foreach (var document in documents)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(document.Id, idType, cancellationToken);
            await copy.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(document, json), NpgsqlDbType.Jsonb, cancellationToken);
            await copy.WriteAsync(Guid.CreateVersion7(), NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(mapping.DotnetType, NpgsqlDbType.Varchar, cancellationToken);
            foreach (var field in mapping.Duplicated)
            {
                await field.Write(copy, document, cancellationToken);
            }
        }

        await copy.CompleteAsync(cancellationToken);
    }
}
