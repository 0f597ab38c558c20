using System.Text.RegularExpressions;
using Commerce.Projections.Daemon;
using Marten;
using Npgsql;
using AutoCreate = JasperFx.AutoCreate;
using Casing = Weasel.Core.Casing;
using EnumStorage = Weasel.Core.EnumStorage;

namespace Commerce.Projections.Documents;

/// <summary>
/// Documents by Marten itself, in the build with <c>NamedPackages=true</c>: the same tables, names and JSON as
/// <see cref="PostgresDocumentStore"/>, so either reads what the other wrote.
/// </summary>
/// <remarks>The tables are those that the daemon creates, with every index (<see cref="MartenSchema"/>): Marten changes no schema here, and is told no index.</remarks>
public sealed partial class MartenDocumentStore(ReadDatabase database, string connectionString, ReadSchemas schemas) : IDocumentStore, IDisposable
{
    readonly DocumentStore _store = DocumentStore.For(options =>
    {
        options.Connection(connectionString);
        options.DatabaseSchemaName = schemas.Documents;
        options.AutoCreateSchemaObjects = AutoCreate.None;
        options.UseSystemTextJsonForSerialization(EnumStorage.AsString, Casing.CamelCase);

        // As DocumentMapping says. Whether these selectors may give null is annotated differently from version to version.
#pragma warning disable CS8603
        options.Schema.For<OrderView>()
            .Duplicate(o => o.Number)
            .Duplicate(o => o.Status)
            .Duplicate(o => o.Customer)
            .Duplicate(o => o.Country)
            .Duplicate(o => o.PlacedAt)
            .Duplicate(o => o.CompensatingSince);
#pragma warning restore CS8603
        options.Schema.For<CustomerView>();
        options.Schema.For<FlashSaleClaimView>();
        options.Schema.For<FlashSaleView>();
        options.Schema.For<LinkView>();
        options.Schema.For<PaymentView>();
        options.Schema.For<ProductView>();
        options.Schema.For<ReconciliationDifferenceView>();
        options.Schema.For<ReconciliationRunView>();
        options.Schema.For<StockView>();
        options.Schema.For<WebhookView>();
    });

    /// <inheritdoc/>
    public Task<IReadOnlyList<T>> Load<T, TId>(IReadOnlyCollection<TId> ids, CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ids.Count, IDocumentStore.DocumentsMax, nameof(ids));
        return ids.Count == 0 ? Task.FromResult<IReadOnlyList<T>>([]) : Query<T>("where d.id = any($1)", [ids.ToArray()], cancellationToken);
    }

    /// <inheritdoc/>
    /// <remarks>Not by Marten, which gives a document or its version, but not the one by the other.</remarks>
    public Task<ReadDocuments<T, TId>> LoadChanged<T, TId>(string projection, IReadOnlyList<TId> ids, IReadOnlyList<Guid> known, CancellationToken cancellationToken)
        where T : class, IDocument<TId>
        where TId : notnull => ChangedDocuments.Load<T, TId>(database, schemas, projection, ids, known, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<T>> Query<T>(string sql, IReadOnlyList<object> parameters, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            await using var session = _store.QuerySession();
            return await session.QueryAsync<T>(Unnamed($"{MartenSchema.Select(DocumentMapping.Of(typeof(T)), schemas.Documents)} {sql}"), cancellationToken, parameters.ToArray());
        }
        catch (Exception e) when (Meaning(e, cancellationToken) is { } meaning)
        {
            throw meaning;
        }
    }

    /// <inheritdoc/>
    public async Task Commit(DocumentChanges changes, CancellationToken cancellationToken)
    {
        try
        {
            await using var session = _store.LightweightSession();
            if (changes.Checkpoint is { } move)
            {
                // First, so that a daemon that lost its place writes nothing and waits for no rows.
                Queue(session, CheckpointSchema.Advance(move, schemas.Checkpoints));
            }

            // Rows and checkpoint are lost or kept together and the log can give them again: no reason to wait for the disk.
            session.QueueSqlCommand("SET LOCAL synchronous_commit = off");
            var writer = new Writer(session);
            foreach (var write in changes.Documents)
            {
                write.Accept(writer);
            }

            foreach (var statement in changes.Statements)
            {
                Queue(session, statement);
            }

            await session.SaveChangesAsync(cancellationToken);
        }
        catch (Exception e) when (changes.Checkpoint is { } move && Causes(e).Any(c => c is PostgresException { SqlState: CheckpointSchema.MovedSqlState }))
        {
            throw new CheckpointMovedException(move, e);
        }
        catch (Exception e) when (Meaning(e, cancellationToken) is { } meaning)
        {
            throw meaning;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    static void Queue(IDocumentSession session, SqlStatement statement) => session.QueueSqlCommand(Unnamed(statement.Text), statement.Parameters.ToArray());

    // Marten's placeholders have no names; ours stand in the order of their numbers, each once.
    static string Unnamed(string sql) => Placeholder().Replace(sql, "?");

    // Marten wraps what the database says, a cancellation as well. Null: nothing was wrapped, it passes as it is.
    static Exception? Meaning(Exception e, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
            return e is OperationCanceledException ? null : new OperationCanceledException(e.Message, e, cancellationToken);

        var cause = Causes(e).OfType<PostgresException>().FirstOrDefault() ?? Causes(e).FirstOrDefault(c => ReadDatabase.IsLost(c, cancellationToken)) ?? e;
        return ReadDatabase.IsLost(cause, cancellationToken) ? ReadDatabase.Unavailable(cause)
            : cause == e ? null
            : cause;
    }

    static IEnumerable<Exception> Causes(Exception e)
    {
        for (var cause = e; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }

    [GeneratedRegex(@"\$\d+")]
    private static partial Regex Placeholder();

    sealed class Writer(IDocumentSession session) : IDocumentWriter
    {
        public void Store<T, TId>(IReadOnlyList<T> documents)
            where T : class, IDocument<TId>
            where TId : notnull => session.Store<T>(documents.ToArray());

        public void Delete<T, TId>(IReadOnlyList<TId> ids)
            where T : class, IDocument<TId>
            where TId : notnull
        {
            foreach (var id in ids)
            {
                if (id is Guid guid)
                {
                    session.Delete<T>(guid);
                }
                else
                {
                    session.Delete<T>(id as string ?? throw new NotSupportedException($"{typeof(TId)} is no id of a document."));
                }
            }
        }
    }
}
