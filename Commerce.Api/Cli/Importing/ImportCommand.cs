using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Commerce.Api.Composition;
using Commerce.Commands.Importing;

namespace Commerce.Api.Cli.Importing;

/// <summary>The verb <c>import online-retail</c>: past trade from files.</summary>
static class ImportCommand
{
    /// <summary>Exit code where the report does not add up to the files.</summary>
    public const int DisagreesExitCode = 1;

    static readonly Argument<string> PathArgument = new("path") { HelpName = "PATH", Description = "A CSV file, or a folder: its *.csv files in the order of their names." };
    static readonly Option<string> Json = JsonFile.Option();

    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var onlineRetail = new Command(
            "online-retail",
            "Imports files of the Online Retail data set (UCI Machine Learning Repository): invoices become orders, paid and delivered at their time, cancellations become returns and credits. Run again it adds nothing; stopped and run again it goes on.")
        {
            PathArgument,
            Json,
        };
        onlineRetail.SetAction(Run);
        return new Command("import", "Imports past trade.") { onlineRetail };
    }

    static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        var files = Files(parsed.GetRequiredValue(PathArgument));
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        await using var store = await PostgresImportStore.Open(host.Database, cancellationToken).ConfigureAwait(false);
        var begun = Stopwatch.GetTimestamp();
        var report = await CliProgress.Run<ImportProgress, ImportReport>(
            "Importing",
            p => (p.BytesTotal == 0 ? 1 : (double)p.Bytes / p.BytesTotal, string.Create(CultureInfo.InvariantCulture, $"{p.File}, {p.Lines:N0} lines")),
            progress => new RetailImport(host.Log, store).Run(files, progress, cancellationToken)).ConfigureAwait(false);
        var elapsed = Stopwatch.GetElapsedTime(begun);

        await foreach (var line in ImportText.Of(report, store, elapsed, cancellationToken).ConfigureAwait(false))
        {
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        if (parsed.GetValue(Json) is { } path)
        {
            await JsonFile.Write(path, stream => ImportJsonReport.Write(stream, report, store, elapsed, cancellationToken)).ConfigureAwait(false);
        }

        return report.Figures.AddUp ? 0 : DisagreesExitCode;
    });

    /// <summary>The files that a path names.</summary>
    /// <exception cref="FileNotFoundException">None.</exception>
    internal static IReadOnlyList<string> Files(string path)
    {
        if (File.Exists(path))
        {
            return [path];
        }

        if (!Directory.Exists(path))
        {
            throw new FileNotFoundException($"There is no file or folder {path}.");
        }

        var files = Directory.GetFiles(path).Where(f => Path.GetExtension(f).Equals(".csv", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).ToList();
        return files.Count > 0 ? files : throw new FileNotFoundException($"The folder {path} holds no .csv file.");
    }
}
