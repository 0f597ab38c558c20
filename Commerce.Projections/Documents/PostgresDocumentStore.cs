using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Commerce.Projections.Daemon;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Projections.Documents;

/// <summary>Documents in Marten's tables by plain Npgsql: one statement for each document type, one round trip for all.</summary>
public sealed class PostgresDocumentStore(ReadDatabase database, ReadSchemas schemas) : IDocumentStore
{
    /// <inheritdoc/>
    public Task<IReadOnlyList<T>> Load<T, TId>(IReadOnlyCollection<TId> ids, CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Count, IDocumentStore.DocumentsMax, nameof(ids));
        return ids.Count == 0 ? Task.FromResult<IReadOnlyList<T>>([]) : Query<T>("where d.id = any($1)", [ids.ToArray()], cancellationToken);
    }

    /// <inheritdoc/>
    public Task<ReadDocuments<T, TId>> LoadChanged<T, TId>(string projection, IReadOnlyList<TId> ids, IReadOnlyList<Guid> known, CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull => ChangedDocuments.Load<T, TId>(database, schemas, projection, ids, known, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<T>> Query<T>(string sql, IReadOnlyList<object> parameters, CancellationToken cancellationToken)
        where T : class
    {
        var mapping = DocumentMapping.Of(typeof(T));
        var json = (JsonTypeInfo<T>)mapping.Json;
        return database.Use<IReadOnlyList<T>>(
            async connection =>
            {
                await using var command = new NpgsqlCommand($"{MartenSchema.Select(mapping, schemas.Documents)} {sql}", connection);
                command.AddAll(parameters);
                await using var reader = await command.ExecuteReaderAsync(cancellationToken);
                var documents = new List<T>();
                while (await reader.ReadAsync(cancellationToken))
                {
                    documents.Add(JsonSerializer.Deserialize(await reader.GetFieldValueAsync<byte[]>(0, cancellationToken), json)
                        ?? throw new JsonException($"A {mapping.Table} holds no document."));
                }

                return documents;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task Commit(DocumentChanges changes, CancellationToken cancellationToken) => database.Use(
        async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await using var batch = new NpgsqlBatch(connection, transaction);

            // Rows and checkpoint are lost or kept together and the log can give them again: no reason to wait for the disk.
            batch.BatchCommands.Add(new NpgsqlBatchCommand("SET LOCAL synchronous_commit = off"));
            if (changes.Checkpoint is { } move)
            {
                // First, so that a daemon that lost its place writes nothing and waits for no rows.
                batch.Add(CheckpointSchema.Advance(move, schemas.Checkpoints));
            }

            var writer = new Writer(batch, schemas.Documents);
            foreach (var write in changes.Documents)
            {
                write.Accept(writer);
            }

            foreach (var statement in changes.Statements)
            {
                batch.Add(statement);
            }

            try
            {
                await batch.ExecuteNonQueryAsync(cancellationToken);
                foreach (var copy in writer.Copies)
                {
                    await copy(connection, cancellationToken);
                }
            }
            catch (PostgresException e) when (e.SqlState == CheckpointSchema.MovedSqlState && changes.Checkpoint is { } moved)
            {
                throw new CheckpointMovedException(moved, e);
            }

            await transaction.CommitAsync(cancellationToken);
            return true;
        },
        cancellationToken);

    sealed class Writer(NpgsqlBatch batch, string schema) : IDocumentWriter
    {
        /// <summary>What is written after the batch, each in a round trip of its own.</summary>
        public List<Func<NpgsqlConnection, CancellationToken, Task>> Copies { get; } = [];

        public void Add<T, TId>(IReadOnlyList<T> documents)
            where T : class, IDocument<TId>
            where TId : notnull
        {
            if (documents.Count < DocumentCopy.DocumentsMin)
            {
                Upsert<T, TId>(documents);
            }
            else
            {
                Copies.Add((connection, ct) => DocumentCopy.Run<T, TId>(connection, schema, documents, ct));
            }
        }

        public void Store<T, TId>(IReadOnlyList<T> documents)
            where T : class, IDocument<TId>
            where TId : notnull
        {
            if (documents.Count >= DocumentCopy.DocumentsMin)
            {
                // Cheaper than to replace them by a statement, which is the same for the table: a new row, and the old one is dead.
                Delete<T, TId>([.. documents.Select(d => d.Id)]);
            }

            Add<T, TId>(documents);
        }

        public void Delete<T, TId>(IReadOnlyList<TId> ids)
            where T : class, IDocument<TId>
            where TId : notnull =>
            batch.Add(new SqlStatement(MartenSchema.Delete(DocumentMapping.Of(typeof(T)), schema), ids.ToArray()));

        void Upsert<T, TId>(IReadOnlyList<T> documents)
            where T : class, IDocument<TId>
            where TId : notnull
        {
            var mapping = DocumentMapping.Of(typeof(T));
            var json = (JsonTypeInfo<T>)mapping.Json;
            batch.BatchCommands.Add(new NpgsqlBatchCommand(MartenSchema.Upsert(mapping, schema))
            {
                Parameters =
                {
                    new NpgsqlParameter { Value = documents.Select(d => d.Id).ToArray() },
                    new NpgsqlParameter { Value = documents.Select(d => JsonSerializer.Serialize(d, json)).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb },
                    new NpgsqlParameter { Value = documents.Select(_ => Guid.CreateVersion7()).ToArray() },
                    new NpgsqlParameter { Value = mapping.DotnetType },
                },
            });
        }
    }
}
