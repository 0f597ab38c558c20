using System.CommandLine;
using Commerce.Api.Composition;
using Commerce.Projections;
using Commerce.Projections.Auditing.Comparing;
using Commerce.Projections.Daemon.Building;
using Commerce.Projections.Documents;

namespace Commerce.Api.Cli.Auditing;

/// <summary>The verb <c>audit compare</c>: whether what people read is what the log makes of it.</summary>
static class CompareCommand
{
    static readonly Option<string> Json = JsonFile.Option();

    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var command = new Command(
            "compare",
            "Builds every read model anew from the log, up to where the one that people read has come, and compares both row by row. Exit code 1 when a row differs, is missing or is too many.")
        {
            Json,
        };
        command.SetAction(Run);
        return command;
    }

    static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        var options = new ProjectionOptions { ConnectionString = host.ConnectionString };
        await using var database = new ReadDatabase(options);
        var report = await CliProgress.Run<BuildProgress, ComparisonReport>(
            "Building anew",
            p => (p.End.Value == 0 ? 1 : (double)p.Position.Value / p.End.Value, $"{p.Projection} at position {p.Position}"),
            progress => new ReadModelComparison(database, host.Log, options, host.Time).Run(progress, cancellationToken)).ConfigureAwait(false);
        foreach (var line in report.Projections.SelectMany(p => p.Summary()))
        {
            await Console.Out.WriteLineAsync(line).ConfigureAwait(false);
        }

        if (parsed.GetValue(Json) is { } path)
        {
            await JsonFile.Write(path, stream => stream.WriteAsync(report.ToJson(), cancellationToken).AsTask()).ConfigureAwait(false);
        }

        return report.IsClean ? 0 : AuditCommand.OffendsExitCode;
    });
}
