using System.Runtime.CompilerServices;
using Commerce.Commands.Importing;
using Commerce.Domain;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.Importing;

/// <summary>A process that is killed before or after the effect of its n-th step; from then on nothing of it reaches log or store.</summary>
sealed class CrashingProcess(IEventLog log, IImportStore store, int stepsMax, bool isKilledBefore) : IEventLog, IImportStore
{
    int _steps;

    public Task<AppendResult> Append(StreamName stream, ExpectedRevision expected, IReadOnlyList<NewEvent> events, CancellationToken cancellationToken) =>
        Step(() => log.Append(stream, expected, events, cancellationToken));

    public Task Remember(ChunkRecord chunk, CancellationToken cancellationToken) => Step(async () =>
    {
        await store.Remember(chunk, cancellationToken);
        return true;
    });

    public Task Begin(OpenChunk chunk, CancellationToken cancellationToken) => Step(async () =>
    {
        await store.Begin(chunk, cancellationToken);
        return true;
    });

    public Task<OpenChunk?> Interrupted(CancellationToken cancellationToken) => store.Interrupted(cancellationToken);

    public IAsyncEnumerable<RecordedEvent> ReadStream(StreamName stream, ReadDirection direction, long from, int count, CancellationToken cancellationToken) =>
        log.ReadStream(stream, direction, from, count, cancellationToken);

    public IAsyncEnumerable<RecordedEvent> ReadAll(LogPosition after, StreamFilter filter, int count, CancellationToken cancellationToken) =>
        log.ReadAll(after, filter, count, cancellationToken);

    public IAsyncEnumerable<LogMessage> Subscribe(LogPosition after, StreamFilter filter, CancellationToken cancellationToken) =>
        log.Subscribe(after, filter, cancellationToken);

    public Task<LogPosition> Head(CancellationToken cancellationToken) => log.Head(cancellationToken);

    public Task<FileProgress> Progress(ImportFile file, CancellationToken cancellationToken) => store.Progress(file, cancellationToken);

    public Task<IReadOnlyDictionary<string, string>> KnownInvoices(IReadOnlyCollection<string> invoices, CancellationToken cancellationToken) =>
        store.KnownInvoices(invoices, cancellationToken);

    public Task<IReadOnlyList<SaleLine>> OpenSales(IReadOnlyCollection<(CustomerId Customer, Sku Sku)> wanted, CancellationToken cancellationToken) =>
        store.OpenSales(wanted, cancellationToken);

    public IAsyncEnumerable<RejectedLine> Rejected(ImportFile file, CancellationToken cancellationToken) => store.Rejected(file, cancellationToken);

    async Task<T> Step<T>(Func<Task<T>> effect, [CallerMemberName] string name = "")
    {
        var step = Interlocked.Increment(ref _steps);
        if (step > stepsMax + 1 || (step == stepsMax + 1 && isKilledBefore))
        {
            throw new EventLogUnavailableException($"Killed in {name}.");
        }

        var result = await effect();
        return step == stepsMax + 1 ? throw new EventLogUnavailableException($"Killed behind {name}.") : result;
    }
}
