using System.Text;
using System.Text.Json;
using Commerce.Commands.EventLog.Copying;
using Commerce.Commands.EventLog.Exporting;
using Commerce.Domain.Log;
using Commerce.Testing.Logs;

namespace Commerce.Commands.Tests.EventLog.Exporting;

/// <summary>A log becomes a file of CloudEvents, and the file becomes the log again, byte for byte; what is not such a file is refused before anything is written.</summary>
[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.Postgres)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class LogExportTests(LogEngine engine)
{
    // What other programs may have written, too.
    static readonly (string Data, string Metadata)[] Bodies =
    [
        ("""{"n":1,"price":2.50,"big":12345678901234567890,"e":1E+2}""", """{"occurredAt":"2026-03-01T09:00:00+00:00","actor":"test"}"""),
        ("""{"text":"say \"é\" \u00e9 \\ / \/ 😀  a  b"}""", """{"$correlationId":"c-1"}"""),
        ("""{ "spaced": [1, 2] }""", "{ }"),
        ("{\n\"lines\":2\n}", "{\n}"),
        ("[]", ""),
        ("\"text\"", "no json"),
        ("", "\u0001"),
        ("\uFEFF{}", "{\"a\":\"\u0085\"}"),
        ("""{"a":1,"a":2}""", """{"recordedAt":"2020-01-01T00:00:00.0000000Z"}"""),
        (new string('[', 70) + new string(']', 70), "{}"),
        ("<html>", "\uFFFE"),
    ];

    string _folder;
    LogForTests _log;

    string File => Path.Combine(_folder, "log.ndjson");

    [SetUp]
    public async Task Open()
    {
        _folder = Directory.CreateTempSubdirectory("commerce-export-").FullName;
        _log = await LogForTests.Open(engine);
        for (var n = 0; n < 3; n++)
        {
            await Append($"thing-é/{n}", [.. Bodies.Select(b => (Encoding.UTF8.GetBytes(b.Data), Encoding.UTF8.GetBytes(b.Metadata)))]);
        }

        await Append("thing-é/0", ([0, 255, 10, 13], [200, 10]));
    }

    [TearDown]
    public async Task Close()
    {
        await _log.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Test]
    public async Task Every_line_is_a_cloud_event_from_which_nothing_is_missing()
    {
        var digest = await Export();
        var (events, lines) = (await All(_log.Log), await Lines());

        Assert.That(lines, Has.Count.EqualTo(events.Count + 1));
        foreach (var line in lines)
        {
            Assert.That(line.GetProperty("specversion").GetString(), Is.EqualTo("1.0"));
            Assert.That(Uri.IsWellFormedUriString(line.GetProperty("source").GetString(), UriKind.Relative), Is.True);
            Assert.That(DateTimeOffset.TryParse(line.GetProperty("time").GetString(), out _), Is.True);
            Assert.That(line.EnumerateObject().Select(a => a.Name).Except(["data_base64"]), Is.All.Match("^[a-z0-9]{1,20}$"));
            Assert.That(line.EnumerateObject().Where(a => a.Name != "data").Select(a => a.Value.ValueKind), Is.All.EqualTo(JsonValueKind.String));
        }

        var first = lines[0];
        Assert.That(
            (first.GetProperty("id").GetString(), first.GetProperty("type").GetString(), first.GetProperty("stream").GetString(), first.GetProperty("revision").GetString(), first.GetProperty("position").GetString()),
            Is.EqualTo((events[0].Id.ToString(), events[0].Type, events[0].Stream.Value, "0", events[0].Position.ToString())));
        Assert.That(first.GetProperty("time").GetString(), Is.EqualTo("2026-03-01T09:00:00.0000000Z"), "when it happened, not when it was recorded");
        Assert.That((first.GetProperty("data").GetRawText(), first.GetProperty("metadata").GetString()), Is.EqualTo(Bodies[0]));
        Assert.That(lines.Take(Bodies.Length).Select(l => l.TryGetProperty("data", out JsonElement _)), Is.EqualTo(new[] { true, true, false, false, true, true, false, false, true, false, false }));
        Assert.That((lines[^1].GetProperty("type").GetString(), lines[^1].GetProperty("data").GetProperty("events").GetInt64()), Is.EqualTo(("commerce-log-exported.v1", digest.Events)));
    }

    [Test]
    public async Task What_is_imported_is_what_was_exported_to_the_byte_on_every_engine()
    {
        var digest = await Export();
        foreach (var other in Enum.GetValues<LogEngine>())
        {
            await using var target = await LogForTests.Open(other);
            var report = await Import(target.Log);

            Assert.That((report.Digest, report.Copied), Is.EqualTo((digest, digest.Events)));
            Assert.That((await All(target.Log)).Select(Content), Is.EqualTo((await All(_log.Log)).Select(Content)));
        }
    }

    [Test]
    public async Task An_empty_log_is_exported_and_imported_as_well()
    {
        await using var empty = await LogForTests.Open(LogEngine.InMemory);
        await using (var to = System.IO.File.Create(File))
        {
            await new LogExport(empty.Log, TimeProvider.System).Write(to, null, default);
        }

        Assert.That((await Import(empty.Log)).Copied, Is.Zero);
    }

    [Test]
    public async Task An_import_that_was_cut_short_goes_on_and_one_that_is_whole_adds_nothing()
    {
        await Export();
        await using var target = await LogForTests.Open(LogEngine.Postgres);
        foreach (var e in (await All(_log.Log)).Take(7))
        {
            await target.Log.Append(e.Stream, ExpectedRevision.Exact(e.Revision - 1), [new NewEvent(e.Id, e.Type, e.Data, CopiedMetadata.With(e.Metadata, e.RecordedAt))], default);
        }

        var second = await Import(target.Log);
        var third = await Import(target.Log);

        Assert.That((second.Found, third.Found, third.Copied), Is.EqualTo((7L, second.Digest.Events, 0L)));
    }

    [Test]
    public async Task A_log_that_holds_something_else_is_left_alone()
    {
        await Export();
        await using var target = await LogForTests.Open(LogEngine.InMemory);
        await target.Log.Append(StreamName.Parse("other-1", null), ExpectedRevision.None, [new(Guid.NewGuid(), "a.v1", "{}"u8.ToArray(), default)], default);

        Assert.That(async () => await Import(target.Log), Throws.InstanceOf<LogCopyException>().With.Message.Contains("Copy into an empty log"));
        Assert.That(await All(target.Log), Has.Count.EqualTo(1));
    }

    static IEnumerable<TestCaseData> Damages()
    {
        yield return Damage("a line cut short", lines => [.. lines[..^2], lines[^2][..40]], "no end", isCut: true);
        yield return Damage("the last line missing", lines => lines[..^1], "the last line is missing");
        yield return Damage("a line missing", lines => [.. lines[..4], .. lines[5..]], "lines were lost");
        yield return Damage("two lines swapped", lines => [.. lines[..4], lines[5], lines[4], .. lines[6..]], "line 6 is in the wrong place");
        yield return Damage("a line twice", lines => [.. lines[..5], .. lines[4..]], "line 6 is in the wrong place");
        yield return Damage("a byte of data changed", lines => [lines[0].Replace("2.50", "2.51", StringComparison.Ordinal), .. lines[1..]], "line 1 is not what was exported");
        yield return Damage("a blank put in by a tool", lines => [lines[0].Replace("\"n\":1", "\"n\": 1", StringComparison.Ordinal), .. lines[1..]], "line 1 is not what was exported");
        yield return Damage("another stream", lines => [lines[0].Replace("\"stream\":\"thing-é/0\"", "\"stream\":\"thing-9\"", StringComparison.Ordinal), .. lines[1..]], "line 1 is not what was exported");
        yield return Damage("no JSON", lines => [.. lines[..3], "so it was", .. lines[3..]], "line 4 is no event");
        yield return Damage("a line behind the last", lines => [.. lines, lines[0]], "behind the last line");
        yield return Damage("an empty line", lines => [.. lines[..3], "", .. lines[3..]], "line 4 is no event");
        yield return Damage("an attribute missing", lines => [lines[0].Replace("recordedat", "recordedby", StringComparison.Ordinal), .. lines[1..]], "line 1 is no event");
        yield return Damage("nothing at all", _ => [], "the last line is missing");
        yield return Damage("an endless line", lines => [new string('x', 9 * 1024 * 1024), .. lines], "line 1 is longer");
    }

    [TestCaseSource(nameof(Damages))]
    public async Task A_file_that_is_not_what_was_exported_is_refused_before_anything_is_written(Func<string[], string[]> damage, string reason, bool isCut)
    {
        await Export();
        var damaged = damage([.. (await System.IO.File.ReadAllTextAsync(File)).TrimEnd('\n').Split('\n')]);
        var text = string.Concat(damaged.Select(line => $"{line}\n"));
        await System.IO.File.WriteAllTextAsync(File, isCut ? text.TrimEnd('\n') : text);

        Assert.That(async () => await ExportFile.Open(File, default), Throws.InstanceOf<ExportFileException>().With.Message.Contains(reason).And.Message.Not.Contains("\n"));
    }

    static TestCaseData Damage(string name, Func<string[], string[]> damage, string reason, bool isCut = false) => new TestCaseData(damage, reason, isCut).SetArgDisplayNames(name);

    async Task<LogDigest> Export()
    {
        await using var to = System.IO.File.Create(File);
        return await new LogExport(_log.Log, TimeProvider.System).Write(to, null, default);
    }

    async Task<LogCopyReport> Import(IEventLog target) => await new LogCopy(await ExportFile.Open(File, default), target).Run(null, default);

    async Task<List<JsonElement>> Lines() => [.. (await System.IO.File.ReadAllLinesAsync(File)).Select(line => JsonElement.Parse(line))];

    async Task Append(string stream, params (byte[] Data, byte[] Metadata)[] bodies)
    {
        NewEvent[] events = [.. bodies.Select(b => new NewEvent(Guid.NewGuid(), "thing-happened.v1", b.Data, b.Metadata))];
        Assert.That(await _log.Log.Append(StreamName.Parse(stream, null), ExpectedRevision.Any, events, default), Is.InstanceOf<AppendResult.Appended>());
    }

    static object Content(RecordedEvent e) =>
        (e.Stream, e.Revision, e.Id, e.Type, Convert.ToHexString(e.Data.Span), Convert.ToHexString(CopiedMetadata.Without(e.Metadata).Span));

    static async Task<List<RecordedEvent>> All(IEventLog log)
    {
        var events = new List<RecordedEvent>();
        await foreach (var e in log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue, default))
        {
            events.Add(e);
        }

        return events;
    }
}
