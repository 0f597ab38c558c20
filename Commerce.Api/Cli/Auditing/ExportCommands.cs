using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Commerce.Api.Composition;
using Commerce.Commands.EventLog.Copying;
using Commerce.Commands.EventLog.Exporting;

namespace Commerce.Api.Cli.Auditing;

/// <summary>The verbs <c>audit export</c> and <c>audit import</c>: the log as a file of CloudEvents, and back.</summary>
static class ExportCommands
{
    static readonly Option<string> Out = new("--out") { HelpName = "FILE", Description = "Where to (default: standard output). The file is there when all of it is." };
    static readonly Argument<string> File = new("FILE") { Description = "The export, as audit export wrote it." };

    /// <summary>The verb that exports.</summary>
    public static Command CreateExport()
    {
        var command = new Command("export", "Writes every event as a CloudEvent (1.0, JSON), one a line, and a last line with how many there are and what they hash to.") { Out };
        command.SetAction(Export);
        return command;
    }

    /// <summary>The verb that imports.</summary>
    public static Command CreateImport()
    {
        var command = new Command(
            "import",
            "Reads an export into the log that --log names, which must be empty or the beginning of this import: every event at its revision with its id and bytes. Nothing is written unless the whole file is what was exported; stopped and run again it goes on.")
        {
            File,
        };
        command.SetAction(Import);
        return command;
    }

    static Task<int> Export(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        LogDigest? digest = null;
        if (parsed.GetValue(Out) is { } path)
        {
            await JsonFile.Write(path, async stream => digest = await WriteTo(stream).ConfigureAwait(false)).ConfigureAwait(false);
        }
        else
        {
            await using var output = Console.OpenStandardOutput();
            digest = await WriteTo(output).ConfigureAwait(false);
        }

        await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{digest?.Events:N0} events, SHA-256 {digest?.Sha256}")).ConfigureAwait(false);
        return 0;

        Task<LogDigest> WriteTo(Stream stream) => Progress("Exporting", progress => new LogExport(host.Log, host.Time).Write(stream, progress, cancellationToken));
    });

    static Task<int> Import(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        var file = await ExportFile.Open(parsed.GetRequiredValue(File), cancellationToken).ConfigureAwait(false);
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        var begun = Stopwatch.GetTimestamp();
        var report = await Progress("Importing", progress => new LogCopy(file, host.Log).Run(progress, cancellationToken)).ConfigureAwait(false);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Copied:N0} events imported, {report.Found:N0} were there before; {Stopwatch.GetElapsedTime(begun).TotalSeconds:F1} s with reading the log and comparing it with the file.")).ConfigureAwait(false);
        await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"Both hold {report.Digest.Events:N0} events, SHA-256 {report.Digest.Sha256}.")).ConfigureAwait(false);
        return 0;
    });

    static Task<T> Progress<T>(string title, Func<IProgress<LogCopyProgress>, Task<T>> work) => CliProgress.Run(
        title, p => (p.Part, string.Create(CultureInfo.InvariantCulture, $"{p.Events:N0} events {p.Doing}")), work);
}
