using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.EventLog.Postgres;
using Commerce.Commands.Importing;
using Commerce.Domain.Log;
using Commerce.Projections.Auditing;
using Commerce.Testing;
using Commerce.Testing.Servers;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Commands.Tests.Importing;

/// <summary>The import on the engine that it runs on.</summary>
public sealed class PostgresImportTests
{
    static readonly int[] StepsBeforeDeath = [1, 7, 20, 33];

    readonly List<IAsyncDisposable> _opened = [];
    string _connectionString = string.Empty;

    [SetUp]
    public async Task Open()
    {
        var database = await PostgresForTests.CreateDatabase();
        _opened.Add(database);
        _connectionString = database.ConnectionString;
    }

    [TearDown]
    public async Task Close()
    {
        foreach (var opened in Enumerable.Reverse(_opened))
        {
            await opened.DisposeAsync();
        }

        _opened.Clear();
    }

    [TestCaseSource(nameof(StepsBeforeDeath))]
    public async Task Killed_and_run_again_the_import_ends_as_one_that_was_not(int steps)
    {
        using var files = new SampleFiles();
        var expected = await new RetailImport(new InMemoryEventLog(TimeProvider.System), new InMemoryImportStore()) { ChunkLines = 8 }.Run(files.Paths, null, default);
        var log = await OpenLog();
        await using (var store = await PostgresImportStore.Open(OpenDatabase(), default))
        {
            var process = new CrashingProcess(log, store, steps, isKilledBefore: false);
            Assert.ThrowsAsync<EventLogUnavailableException>(() => new RetailImport(process, process) { ChunkLines = 8 }.Run(files.Paths, null, default));
        }

        await using var again = await PostgresImportStore.Open(OpenDatabase(), default);
        var report = await new RetailImport(log, again) { ChunkLines = 8 }.Run(files.Paths, null, default);

        Assert.That(report.Figures, Is.EqualTo(expected.Figures));
        Assert.That((await new Auditor(log).Run(new AuditOptions { RequireSettled = true }, null, default)).IsClean);
    }

    [Test]
    public async Task Two_imports_at_once_are_one_too_many()
    {
        await using var first = await PostgresImportStore.Open(OpenDatabase(), default);

        Assert.ThrowsAsync<ImportException>(() => PostgresImportStore.Open(OpenDatabase(), TimeSpan.FromMilliseconds(50), default));
    }

    [TestCaseSource(typeof(RealSales), nameof(RealSales.Folders))]
    public async Task The_real_files_have_the_figures_that_were_counted_independently(string folder)
    {
        var log = await OpenLog();
        await using var store = await PostgresImportStore.Open(OpenDatabase(), default);
        var paths = Directory.GetFiles(folder, "*.csv").Order(StringComparer.Ordinal).ToList();

        var figures = (await new RetailImport(log, store).Run(paths, null, default)).Figures;

        Assert.That((figures.InFiles.Lines, figures.Invoices, figures.Cancellations, figures.Orders), Is.EqualTo((42_481L, 2_025L, 326L, 1_559L)));
        Assert.That((figures.Sold.Value, figures.Classified.Value, figures.AddUp), Is.EqualTo((823_746.14m, 748_957.02m, true)));
        Assert.That((figures.Returned.Value + figures.Credited.Value, figures.Adjusted.Lines), Is.EqualTo((-74_789.12m, 273L)));
        Assert.That(figures.Ordered - figures.Refunded - figures.CreditNotes, Is.EqualTo(748_957.02m));
        Assert.That((await new Auditor(log).Run(new AuditOptions { RequireSettled = true }, null, default)).Offences, Is.Empty);
    }

    NpgsqlDataSource OpenDatabase()
    {
        var database = NpgsqlDataSource.Create(_connectionString);
        _opened.Add(database);
        return database;
    }

    async Task<PostgresEventLog> OpenLog()
    {
        var log = await PostgresEventLog.Open(new() { ConnectionString = _connectionString }, TimeProvider.System, NullLogger<PostgresEventLog>.Instance, default);
        _opened.Add(log);
        return log;
    }
}
