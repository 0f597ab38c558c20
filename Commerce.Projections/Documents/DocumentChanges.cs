using Commerce.Domain.Log;

namespace Commerce.Projections.Documents;

/// <summary>What one transaction writes.</summary>
public sealed class DocumentChanges
{
    readonly List<DocumentWrite> _documents = [];
    readonly List<SqlStatement> _statements = [];

    /// <summary>Documents to store or delete, in this order.</summary>
    public IReadOnlyList<DocumentWrite> Documents => _documents;

    /// <summary>Statements to run after the documents, in this order.</summary>
    public IReadOnlyList<SqlStatement> Statements => _statements;

    /// <summary>The checkpoint that the changes move, compared in the same transaction.</summary>
    public CheckpointMove? Checkpoint { get; init; }

    /// <summary>Stores documents of which some are there already, each id once.</summary>
    /// <param name="documents">All of them.</param>
    /// <param name="isThere">Whether a document was there before; one that was not and is there all the same may fail the transaction.</param>
    public void Store<T, TId>(IReadOnlyCollection<T> documents, Predicate<TId> isThere)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        var (added, replaced) = (new List<T>(documents.Count), new List<T>());
        foreach (var document in documents)
        {
            (isThere(document.Id) ? replaced : added).Add(document);
        }

        Add<T, TId>(added);
        Store<T, TId>(replaced);
    }

    /// <summary>Stores documents that are not there yet, each id once; one that is there all the same may fail the transaction.</summary>
    public void Add<T, TId>(IReadOnlyList<T> documents)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        if (documents.Count > 0)
        {
            _documents.Add(new DocumentWrite.Added<T, TId>(documents));
        }
    }

    /// <summary>Stores documents, each id once.</summary>
    public void Store<T, TId>(IReadOnlyList<T> documents)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        if (documents.Count > 0)
        {
            _documents.Add(new DocumentWrite.Stored<T, TId>(documents));
        }
    }

    /// <summary>Deletes documents; ids that are not there are no error.</summary>
    public void Delete<T, TId>(IReadOnlyList<TId> ids)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        if (ids.Count > 0)
        {
            _documents.Add(new DocumentWrite.Deleted<T, TId>(ids));
        }
    }

    /// <summary>Runs a statement.</summary>
    public void Execute(SqlStatement statement) => _statements.Add(statement);
}

/// <summary>Documents of one type to be written.</summary>
public abstract record DocumentWrite
{
    DocumentWrite()
    {
    }

    /// <summary>Tells the visitor what is to be written, with its types.</summary>
    public abstract void Accept(IDocumentWriter writer);

    internal sealed record Added<T, TId>(IReadOnlyList<T> Documents) : DocumentWrite
        where T : class, IDocument<TId>
        where TId : notnull
    {
        public override void Accept(IDocumentWriter writer) => writer.Add<T, TId>(Documents);
    }

    internal sealed record Stored<T, TId>(IReadOnlyList<T> Documents) : DocumentWrite
        where T : class, IDocument<TId>
        where TId : notnull
    {
        public override void Accept(IDocumentWriter writer) => writer.Store<T, TId>(Documents);
    }

    internal sealed record Deleted<T, TId>(IReadOnlyList<TId> Ids) : DocumentWrite
        where T : class, IDocument<TId>
        where TId : notnull
    {
        public override void Accept(IDocumentWriter writer) => writer.Delete<T, TId>(Ids);
    }
}

/// <summary>Writes documents in the terms of one library.</summary>
public interface IDocumentWriter
{
    /// <summary>Inserts what is not there yet; unless the writer says otherwise, as what may be.</summary>
    void Add<T, TId>(IReadOnlyList<T> documents)
        where T : class, IDocument<TId>
        where TId : notnull => Store<T, TId>(documents);

    /// <summary>Inserts or replaces.</summary>
    void Store<T, TId>(IReadOnlyList<T> documents)
        where T : class, IDocument<TId>
        where TId : notnull;

    /// <summary>Deletes.</summary>
    void Delete<T, TId>(IReadOnlyList<TId> ids)
        where T : class, IDocument<TId>
        where TId : notnull;
}

/// <summary>A statement with its values.</summary>
/// <param name="Text">SQL with parameters $1, $2, … each named once and in that order, so that a library with unnamed placeholders can run it too.</param>
/// <param name="Parameters">Their values; arrays for bulk.</param>
public sealed record SqlStatement(string Text, params IReadOnlyList<object> Parameters);

/// <summary>A step of a projection along the log.</summary>
/// <param name="Projection">Its name.</param>
/// <param name="Version">Version of its code.</param>
/// <param name="From">Where its checkpoint has to be.</param>
/// <param name="To">Where it moves to.</param>
public sealed record CheckpointMove(string Projection, int Version, LogPosition From, LogPosition To);
