using System.Text;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Importing;
using Commerce.Domain.Log;
using Commerce.Projections.Auditing;

namespace Commerce.Commands.Tests.Importing;

public sealed class RetailImportTests
{
    const int SmallChunk = 8;

    SampleFiles _files = new();

    [SetUp]
    public void MakeFiles() => _files = new SampleFiles();

    [TearDown]
    public void RemoveFiles() => _files.Dispose();

    [Test]
    public async Task Every_line_of_the_sample_ends_in_one_class()
    {
        var figures = (await Run(new InMemoryEventLog(TimeProvider.System), new InMemoryImportStore(), Sample())).Figures;

        Assert.Multiple(() =>
        {
            Assert.That(figures.AddUp);
            Assert.That(figures.Classified, Is.EqualTo(figures.InFiles));
            Assert.That(figures.InFiles, Is.EqualTo(RetailSamples.InFiles));
            Assert.That(figures.Sold, Is.EqualTo(RetailSamples.Sold));
            Assert.That(figures.Returned, Is.EqualTo(RetailSamples.Returned));
            Assert.That(figures.Credited, Is.EqualTo(RetailSamples.Credited));
            Assert.That(figures.Adjusted, Is.EqualTo(RetailSamples.Adjusted));
            Assert.That((figures.Orders, figures.Invoices, figures.Cancellations, figures.SplitLines), Is.EqualTo((6L, 11L, 3L, 1L)));
        });
    }

    [Test]
    public async Task The_log_of_an_import_passes_the_audit_and_says_what_the_report_says()
    {
        var log = new InMemoryEventLog(TimeProvider.System);
        var figures = (await Run(log, new InMemoryImportStore(), Sample())).Figures;

        var audit = await new Auditor(log).Run(new AuditOptions { RequireSettled = true }, null, default);

        var money = audit.Money.Single();
        Assert.That(audit.Offences.Select(o => $"{o.Code}: {o.Detail}"), Is.Empty);
        Assert.That((audit.Orders.Placed, money.Ordered.Amount, money.Refunded.Amount, money.Credited.Amount), Is.EqualTo((figures.Orders, figures.Ordered, figures.Refunded, figures.CreditNotes)));
    }

    [Test]
    public async Task Importing_twice_adds_nothing_and_reports_the_same()
    {
        var (log, store) = (new InMemoryEventLog(TimeProvider.System), new InMemoryImportStore());
        var first = await Run(log, store, Sample());
        var head = await log.Head(default);

        var second = await Run(log, store, Sample());

        Assert.That((second.Figures, second.AddedLines, await log.Head(default)), Is.EqualTo((first.Figures, 0L, head)));
    }

    [Test]
    public async Task The_same_content_under_another_name_is_imported_once()
    {
        var twin = _files.Write("twin.csv", RetailSamples.Day1);
        var (log, store) = (new InMemoryEventLog(TimeProvider.System), new InMemoryImportStore());

        var report = await Run(log, store, [Sample()[0], twin]);

        Assert.That((report.Files[1].SameAs, report.Figures), Is.EqualTo(("day1.csv", report.Files[0].Figures)));
    }

    [Test]
    public async Task Killed_between_any_two_steps_and_run_again_it_ends_as_if_nothing_had_happened()
    {
        var paths = Sample();
        var (wholeLog, wholeStore) = (new InMemoryEventLog(TimeProvider.System), new InMemoryImportStore());
        var whole = await Run(wholeLog, wholeStore, paths);
        var expected = await Streams(wholeLog);

        var (steps, isDead) = (0, true);
        for (; isDead; steps++)
        {
            foreach (var isKilledBefore in new[] { true, false })
            {
                var (log, store) = (new InMemoryEventLog(TimeProvider.System), new InMemoryImportStore());
                var process = new CrashingProcess(log, store, steps, isKilledBefore);
                isDead = await DiesIn(process, paths);

                var again = await Run(log, store, paths);

                Assert.That(again.Figures, Is.EqualTo(whole.Figures), $"figures after {steps} steps");
                Assert.That(await Streams(log), Is.EqualTo(expected), $"log after {steps} steps");
            }
        }

        Assert.That(steps, Is.GreaterThan(40));
    }

    [Test]
    public async Task A_file_that_was_interrupted_comes_first_and_must_be_named()
    {
        var (log, store) = (new InMemoryEventLog(TimeProvider.System), new InMemoryImportStore());
        var process = new CrashingProcess(log, store, stepsMax: 5, isKilledBefore: false);
        Assert.That(await DiesIn(process, [Sample()[1]]));

        Assert.ThrowsAsync<ImportException>(() => Run(log, store, [Sample()[0]]), "another file alone");
        var report = await Run(log, store, Sample());

        Assert.That((report.Figures.AddUp, report.AddedLines), Is.EqualTo((true, RetailSamples.InFiles.Lines)));
        var audit = await new Auditor(log).Run(new AuditOptions { RequireSettled = true }, null, default);
        Assert.That(audit.IsClean);
    }

    [Test]
    public async Task A_file_with_broken_rows_is_imported_as_far_as_it_can_be()
    {
        var path = _files.Write("broken.csv", RetailSamples.Broken);
        var store = new InMemoryImportStore();

        var report = await Run(new InMemoryEventLog(TimeProvider.System), store, [path]);

        var rejected = await Rejected(store, report.Files[0].File);
        Assert.That(rejected.Select(r => $"{r.Line}: {r.Reason}"), Is.EqualTo(RetailSamples.BrokenReasons));
        Assert.That((report.Figures.AddUp, report.Figures.Sold.Lines, report.Figures.Orders), Is.EqualTo((true, 4L, 2L)));
    }

    [TestCase("", "the file is empty", 0)]
    [TestCase("Invoice;Code\n1;2\n3;4\n", "the header is not InvoiceNo", 2)]
    [TestCase("536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,UK\n", "the header is not InvoiceNo", 0)]
    public async Task A_file_without_the_header_is_one_rejection_that_counts_its_lines(string text, string reason, int lines)
    {
        var store = new InMemoryImportStore();

        var report = await Run(new InMemoryEventLog(TimeProvider.System), store, [_files.Write("other.csv", text)]);

        var rejected = (await Rejected(store, report.Files[0].File)).Single();
        Assert.That((rejected.Line, rejected.Lines, report.Figures.Rejected.Lines, report.Figures.AddUp), Is.EqualTo((1L, lines, lines, true)));
        Assert.That(rejected.Reason, Does.StartWith(reason));
    }

    [Test]
    public async Task A_header_alone_is_an_import_of_nothing()
    {
        var report = await Run(new InMemoryEventLog(TimeProvider.System), new InMemoryImportStore(), [_files.Write("none.csv", "\uFEFF" + RetailLineReader.Header + "\r\n")]);

        Assert.That(report.Figures, Is.EqualTo(new ImportFigures()));
    }

    [Test]
    public async Task Progress_ends_with_all_bytes_read()
    {
        var told = new List<ImportProgress>();
        var import = new RetailImport(new InMemoryEventLog(TimeProvider.System), new InMemoryImportStore()) { ChunkLines = SmallChunk };

        await import.Run(Sample(), new Listener(told), default);

        Assert.That((told[^1].Bytes, told[^1].Lines), Is.EqualTo((told[^1].BytesTotal, RetailSamples.InFiles.Lines)));
    }

    internal static async Task<Dictionary<string, string>> Streams(IEventLog log)
    {
        var streams = new Dictionary<string, StringBuilder>();
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, default))
        {
            if (!streams.TryGetValue(e.Stream.Value, out var text))
            {
                streams[e.Stream.Value] = text = new StringBuilder();
            }

            text.AppendLine($"{e.Revision} {e.Id} {e.Type} {Encoding.UTF8.GetString(e.Data.Span)} {Encoding.UTF8.GetString(e.Metadata.Span)}");
        }

        return streams.ToDictionary(s => s.Key, s => s.Value.ToString());
    }

    static async Task<List<RejectedLine>> Rejected(InMemoryImportStore store, ImportFile file)
    {
        var all = new List<RejectedLine>();
        await foreach (var line in store.Rejected(file, default))
        {
            all.Add(line);
        }

        return all;
    }

    static Task<ImportReport> Run(IEventLog log, IImportStore store, IReadOnlyList<string> paths) =>
        new RetailImport(log, store) { ChunkLines = SmallChunk }.Run(paths, null, default);

    static async Task<bool> DiesIn(CrashingProcess process, IReadOnlyList<string> paths)
    {
        try
        {
            await Run(process, process, paths);
        }
        catch (EventLogUnavailableException)
        {
            return true;
        }

        return false;
    }

    IReadOnlyList<string> Sample() => _files.Paths;

    sealed class Listener(List<ImportProgress> told) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => told.Add(value);
    }
}
