using System.Runtime.CompilerServices;
using Commerce.Commands.Importing;
using Commerce.Domain;

namespace Commerce.Commands.Tests.Importing;

/// <summary>The import's memory without a database; the contract tests hold it to what PostgreSQL does.</summary>
sealed class InMemoryImportStore : IImportStore
{
    readonly Dictionary<string, FileProgress> _files = [];
    readonly Dictionary<string, string> _invoices = [];
    readonly Dictionary<(OrderId, int), SaleLine> _sales = [];
    readonly List<(string Sha256, RejectedLine Line)> _rejected = [];
    OpenChunk? _open;

    public Task<FileProgress> Progress(ImportFile file, CancellationToken cancellationToken) =>
        Task.FromResult(_files.GetValueOrDefault(file.Sha256, FileProgress.None));

    public Task<IReadOnlyDictionary<string, string>> KnownInvoices(IReadOnlyCollection<string> invoices, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<string, string>>(invoices.Where(_invoices.ContainsKey).ToDictionary(i => i, i => _invoices[i]));

    public Task<IReadOnlyList<SaleLine>> OpenSales(IReadOnlyCollection<(CustomerId Customer, Sku Sku)> wanted, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<SaleLine>>([.. _sales.Values.Where(s => s.Open > 0 && wanted.Contains((s.Customer, s.Sku)))]);

    public Task<OpenChunk?> Interrupted(CancellationToken cancellationToken) => Task.FromResult(_open);

    public Task Begin(OpenChunk chunk, CancellationToken cancellationToken)
    {
        _open = chunk;
        return Task.CompletedTask;
    }

    public Task Remember(ChunkRecord chunk, CancellationToken cancellationToken)
    {
        _open = null;
        _files[chunk.File.Sha256] = chunk.After;
        foreach (var (invoice, line) in chunk.Invoices)
        {
            _invoices.Add(invoice, $"{chunk.File.Name}, line {line}");
        }

        foreach (var sale in chunk.Sales)
        {
            _sales[(sale.Order, sale.Line)] = sale;
        }

        _rejected.AddRange(chunk.Rejected.Select(r => (chunk.File.Sha256, r)));
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<RejectedLine> Rejected(ImportFile file, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var (_, line) in _rejected.Where(r => r.Sha256 == file.Sha256).OrderBy(r => r.Line.Line))
        {
            yield return line;
        }

        await Task.CompletedTask;
    }
}
