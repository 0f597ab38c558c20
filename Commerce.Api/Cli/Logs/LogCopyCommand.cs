using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Commerce.Api.Composition;
using Commerce.Commands.EventLog.Copying;

namespace Commerce.Api.Cli.Logs;

/// <summary>The verb <c>log copy</c>: the event log moves from one engine to another.</summary>
static class LogCopyCommand
{
    const string Urls = "postgresql (in the database that is configured, or else the private one), postgresql://…, esdb://… or kurrentdb://…";

    static readonly Option<string> From = new("--from") { HelpName = "URL", Required = true, Description = $"The log to copy: {Urls}." };
    static readonly Option<string> To = new("--to") { HelpName = "URL", Required = true, Description = "The log to copy into: empty, or the beginning of this copy." };
    static readonly Option<string> FromPrefix = new("--from-prefix") { HelpName = "PREFIX", Description = "Copies the part of the source whose streams have this prefix, without it." };
    static readonly Option<string> ToPrefix = new("--to-prefix") { HelpName = "PREFIX", Description = "Puts this prefix before every stream in the target." };
    static readonly Option<string> Json = JsonFile.Option();

    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var copy = new Command(
            "copy",
            "Copies one event log into another, in its order, with every event's revision, id, type, data and metadata, and compares both at the end. Stopped and run again it goes on.")
        {
            From,
            To,
            FromPrefix,
            ToPrefix,
            Json,
        };
        copy.SetAction(Run);
        return new Command("log", "Works on event logs.") { copy };
    }

    static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        await using var logs = await TwoLogs.Open(
            SharedOptions.SettingsWithoutRoles(parsed),
            new(parsed.GetRequiredValue(From), parsed.GetValue(FromPrefix)),
            new(parsed.GetRequiredValue(To), parsed.GetValue(ToPrefix)),
            cancellationToken).ConfigureAwait(false);
        var begun = Stopwatch.GetTimestamp();
        var report = await CliProgress.Run<LogCopyProgress, LogCopyReport>(
            "Copying",
            p => (p.Part, string.Create(CultureInfo.InvariantCulture, $"{p.Events:N0} events {p.Doing}")),
            progress => new LogCopy(logs.Source.Log, logs.Target.Log).Run(progress, cancellationToken)).ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(begun);
        foreach (var line in Text(report, elapsed))
        {
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        if (parsed.GetValue(Json) is { } path)
        {
            await JsonFile.Write(path, stream => Write(stream, report, elapsed)).ConfigureAwait(false);
        }

        return 0;
    });

    static IEnumerable<string> Text(LogCopyReport report, TimeSpan elapsed)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Copied:N0} events copied, {report.Found:N0} were there before; {elapsed.TotalSeconds:F1} s with reading both logs and comparing them.");
        yield return string.Create(CultureInfo.InvariantCulture, $"Both hold {report.Digest.Events:N0} events, SHA-256 {report.Digest.Sha256}.");
        if (report.HasGrown)
        {
            yield return $"The source has taken events since the copy began, at position {report.Head}: stop what writes to it, and run the copy again.";
        }
    }

    static async Task Write(Stream stream, LogCopyReport report, TimeSpan elapsed)
    {
        await using var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteNumber("copied", report.Copied);
        json.WriteNumber("found", report.Found);
        json.WriteNumber("events", report.Digest.Events);
        json.WriteString("sha256", report.Digest.Sha256);
        json.WriteString("sourceHead", report.Head.ToString());
        json.WriteBoolean("sourceHasGrown", report.HasGrown);
        json.WriteNumber("seconds", Math.Round(elapsed.TotalSeconds, 3));
        json.WriteEndObject();
    }
}
