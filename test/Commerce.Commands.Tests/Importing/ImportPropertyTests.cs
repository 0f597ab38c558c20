using System.Globalization;
using System.Text;
using Commerce.Commands.EventLog.InMemory;
using Commerce.Commands.Importing;
using Commerce.Projections.Auditing;
using FsCheck;
using FsCheck.Fluent;

namespace Commerce.Commands.Tests.Importing;

/// <summary>For any files, made of invoices that name few SKUs and customers so that much comes back, with broken rows between.</summary>
public sealed class ImportPropertyTests
{
    static readonly Gen<string> Rows =
        from isCancellation in Gen.Frequency((3, Gen.Constant(false)), (2, Gen.Constant(true)))
        from number in Gen.Choose(1, 40)
        from sku in Gen.Elements("A", "B", "bank charges")
        from customer in Gen.Elements("", "501.0", "502.0")
        from price in Gen.Elements("1.25", "0.335", "2", "0.0", "0.001")
        from lines in Gen.Choose(1, 3)
        from quantities in Gen.ListOf(Gen.Choose(-6, 12), lines)
        from broken in Gen.Frequency((9, Gen.Constant(string.Empty)), (1, Gen.Elements("rubbish\n", "1,2,\"3\n", "9,A,x,1,2010-12-01 10:00:00,-3,,\n")))
        select broken + string.Concat(quantities.Select(q => string.Create(
            CultureInfo.InvariantCulture, $"{(isCancellation ? "C" : "")}{number},{sku},{sku} name,{(isCancellation ? -Math.Abs(q) : q)},2010-12-{1 + (number / 4):D2} 10:00:00,{price},{customer},\n")));

    static readonly Gen<string[]> Files =
        from count in Gen.Choose(1, 3)
        from rows in Gen.ListOf(Gen.ListOf(Rows), count)
        select rows.Select(r => RetailLineReader.Header + "\n" + string.Concat(r)).ToArray();

    [Test]
    public void Every_unit_and_pound_ends_in_one_class_and_in_a_log_that_passes_the_audit() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60),
        Prop.ForAll(Files.ToArbitrary(), files => Holds(files).GetAwaiter().GetResult()));

    static async Task Holds(string[] texts)
    {
        var folder = Directory.CreateTempSubdirectory("import-").FullName;
        try
        {
            var paths = texts.Select((text, n) => Write(folder, n, text)).ToList();
            var log = new InMemoryEventLog(TimeProvider.System);
            var report = await new RetailImport(log, new InMemoryImportStore()) { ChunkLines = 5 }.Run(paths, null, default);
            var f = report.Figures;
            Assert.That(f.Classified, Is.EqualTo(f.InFiles));
            Assert.That(f.InFiles.Lines, Is.EqualTo(texts.Distinct().Sum(t => t.Split('\n').Length - 2)));

            var audit = await new Auditor(log).Run(new AuditOptions { RequireSettled = true }, null, default);
            Assert.That(audit.Offences, Is.Empty);
            Assert.That(audit.Money.Sum(m => m.Ordered.Amount - m.Refunded.Amount - m.Credited.Amount), Is.EqualTo(f.Ordered - f.Refunded - f.CreditNotes));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    static string Write(string folder, int n, string text)
    {
        var path = Path.Combine(folder, $"{n}.csv");
        File.WriteAllText(path, text, Encoding.UTF8);
        return path;
    }
}
