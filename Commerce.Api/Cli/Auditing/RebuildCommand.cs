using System.CommandLine;
using Commerce.Api.Composition;
using Commerce.Projections;
using Commerce.Projections.Auditing;
using Commerce.Projections.Auditing.Past;
using Commerce.Projections.Daemon.Building;
using Commerce.Projections.Documents;

namespace Commerce.Api.Cli.Auditing;

/// <summary>The verb <c>audit rebuild</c>: read models as of a moment, in a schema of their own.</summary>
static class RebuildCommand
{
    static readonly Option<string> AsOf = new("--as-of") { HelpName = "MOMENT", Required = true, Description = $"{Moment.RuleOfLog}, which means its end. A time is that of the world: past trade that was imported later is in it." };
    static readonly Option<string> Into = new("--into") { HelpName = "SCHEMA", Required = true, Description = "Where to, in the read database: a schema that is not there yet, or one that this verb made." };

    /// <summary>The verb with its options.</summary>
    public static Command Create()
    {
        var command = new Command(
            "rebuild",
            "Builds the read models as of a moment from the log, beside those that people read: documents, facts and the views of the schema analytics, all in one schema. Stopped and run again it goes on; DROP SCHEMA … CASCADE removes it.")
        {
            AsOf,
            Into,
        };
        command.SetAction(Run);
        return command;
    }

    static Task<int> Run(ParseResult parsed, CancellationToken cancellationToken) => CliErrors.Guard(async () =>
    {
        var moment = Moment.TryParse(parsed.GetValue(AsOf), null, out var known) && known.IsOfLog ? known : throw new CommerceSettingsException($"--as-of is {Moment.RuleOfLog}.");
        var schema = parsed.GetRequiredValue(Into);
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        var options = new ProjectionOptions { ConnectionString = host.ConnectionString };
        await using var database = new ReadDatabase(options);
        var end = await CliProgress.Run<BuildProgress, Domain.Log.LogPosition>(
            "Building",
            p => (p.End.Value == 0 ? 1 : (double)p.Position.Value / p.End.Value, $"{p.Projection} at position {p.Position}"),
            progress => new PastReadModels(database, host.Log, options, host.Time).Build(moment, schema, progress, cancellationToken)).ConfigureAwait(false);
        await Console.Out.WriteLineAsync($"The read models as of {moment} are in the schema {schema}, made of the log up to position {end}.").ConfigureAwait(false);
        return 0;
    });
}
