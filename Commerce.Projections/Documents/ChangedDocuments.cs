using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Commerce.Projections.Daemon;
using Npgsql;

namespace Commerce.Projections.Documents;

/// <summary>
/// Reads of Marten's tables what changed since the reader last looked: to compare a version costs PostgreSQL a tenth of giving the
/// document, and the reader need not take it apart again.
/// </summary>
static class ChangedDocuments
{
    /// <summary>See <see cref="IDocumentStore.LoadChanged"/>.</summary>
    public static Task<ReadDocuments<T, TId>> Load<T, TId>(
        ReadDatabase database, ReadSchemas schemas, string projection, IReadOnlyList<TId> ids, IReadOnlyList<Guid> known, CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Count, IDocumentStore.DocumentsMax, nameof(ids));
        ArgumentOutOfRangeException.ThrowIfNotEqual(known.Count, ids.Count, nameof(known));
        var mapping = DocumentMapping.Of(typeof(T));
        return database.Use(
            async connection =>
            {
                // The state first: what the second statement sees is not older.
                await using var batch = new NpgsqlBatch(connection);
                batch.Add(CheckpointSchema.State(projection, schemas.Checkpoints));
                if (ids.Count > 0)
                {
                    batch.Add(new(MartenSchema.SelectChanged(mapping, schemas.Documents), ids.ToArray(), known.ToArray()));
                }

                await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
                var state = await reader.ReadAsync(cancellationToken) ? new DocumentsState(reader.GetInt64(0), reader.GetDateTime(1)) : null;
                await reader.NextResultAsync(cancellationToken);
                var found = new List<StoredDocument<T, TId>>(ids.Count);
                while (await reader.ReadAsync(cancellationToken))
                {
                    found.Add(Read<T, TId>(reader, (JsonTypeInfo<T>)mapping.Json));
                }

                return new ReadDocuments<T, TId>(state, found);
            },
            cancellationToken);
    }

    static StoredDocument<T, TId> Read<T, TId>(NpgsqlDataReader row, JsonTypeInfo<T> json)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        var (id, version) = (row.GetFieldValue<TId>(0), row.GetGuid(1));
        if (row.IsDBNull(2))
        {
            return new(id, version, null, 0);
        }

        var data = row.GetFieldValue<byte[]>(2);
        return new(id, version, JsonSerializer.Deserialize(data, json) ?? throw new JsonException($"A {typeof(T).Name} holds no document."), data.Length);
    }
}
