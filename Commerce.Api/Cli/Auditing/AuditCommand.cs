using System.CommandLine;
using System.Globalization;
using Commerce.Api.Composition;
using Commerce.Projections.Auditing;

namespace Commerce.Api.Cli.Auditing;

/// <summary>The verb <c>audit</c>: replays the whole log and checks its sums.</summary>
static class AuditCommand
{
    /// <summary>Exit code where the log offends.</summary>
    public const int OffendsExitCode = 1;

    /// <summary>Offences that are printed; the JSON report has more.</summary>
    const int OffencesShownMax = 20;

    static readonly Option<string> Json = JsonFile.Option();

    static readonly Option<bool> RequireSettled = new("--require-settled")
    {
        Description = "Counts orders that have not ended (neither paid and confirmed nor fully undone) as offences: for trade at rest.",
    };

    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var command = new Command("audit", "Replays the whole log, independently of the code that decided, and checks its sums. Exit code 1 when something offends.")
        {
            Json,
            RequireSettled,
            SealCommands.CreateSeal(),
            SealCommands.CreateVerify(),
            ProofCommands.CreateProve(),
            ProofCommands.CreateCheck(),
            ExportCommands.CreateExport(),
            ExportCommands.CreateImport(),
            RebuildCommand.Create(),
            CompareCommand.Create(),
        };
        command.SetAction(Run);
        return command;
    }

    static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        var options = new AuditOptions { RequireSettled = parsed.GetValue(RequireSettled) };
        var report = await CliProgress.Run<AuditProgress, AuditReport>(
            "Auditing",
            p => (p.Head.Value == 0 ? 1 : (double)p.Position.Value / p.Head.Value, string.Create(CultureInfo.InvariantCulture, $"{p.Events:N0} events")),
            progress => new Auditor(host.Log).Run(options, progress, cancellationToken)).ConfigureAwait(false);
        foreach (var line in report.Summary().Concat(Offences(report)))
        {
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        if (parsed.GetValue(Json) is { } path)
        {
            await JsonFile.Write(path, stream => stream.WriteAsync(report.ToJson(), cancellationToken).AsTask()).ConfigureAwait(false);
        }

        return report.IsClean ? 0 : OffendsExitCode;
    });

    static IEnumerable<string> Offences(AuditReport report)
    {
        foreach (var offence in report.Offences.Take(OffencesShownMax))
        {
            yield return $"  {offence}";
        }

        if (report.OffencesTotal > OffencesShownMax)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  … and {report.OffencesTotal - OffencesShownMax:N0} more; --json FILE lists the first {report.Offences.Count:N0}.");
        }
    }
}
