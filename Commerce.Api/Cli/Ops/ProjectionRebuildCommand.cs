using System.CommandLine;
using System.Globalization;
using Commerce.Api.Composition;
using Commerce.Api.Endpoints;
using Commerce.Commands.Handling;
using Commerce.Domain.Log;
using Commerce.Projections;
using Commerce.Projections.Daemon;

namespace Commerce.Api.Cli.Ops;

/// <summary>
/// The verb <c>projections rebuild</c>: asks for a rebuild and stays until people read what it made. Meanwhile this process is a node as
/// those are that serve: the rebuild is made here or there, wherever it is taken up first, and goes on there when this one is interrupted.
/// </summary>
static class ProjectionRebuildCommand
{
    /// <summary>Found: the rebuild stands still.</summary>
    const int StandsStillExitCode = 1;

    /// <summary>Often enough for a person who watches.</summary>
    static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(200);

    /// <summary>The verb with its options.</summary>
    public static Command Create(Argument<string> name, Option<string> reason) => Verbs.Of(
        "rebuild",
        "Makes the rows of one anew beside those that people read, and puts them in their place.",
        (parsed, ct) => Run(parsed, parsed.GetRequiredValue(name), parsed.GetRequiredValue(reason), ct),
        name, reason);

    /// <summary>How far a rebuild is, for a person.</summary>
    public static string Where(RebuildStatus rebuild, LogPosition head)
    {
        var left = rebuild.Left is { } time ? string.Create(CultureInfo.InvariantCulture, $", {time.TotalSeconds:#,0} s left") : string.Empty;
        return string.Create(CultureInfo.InvariantCulture, $"position {rebuild.Position.Value:#,0} of {head.Value:#,0} ({RebuildResource.PercentOf(rebuild, head):0.0} %), {rebuild.PerSecond:#,0}/s{left}");
    }

    static async Task<int> Run(ParseResult parsed, string name, string reason, CancellationToken cancellationToken)
    {
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        await using var services = ProjectionsCommand.Services(host, [name]).AddCommerceProjectionDaemon().BuildServiceProvider();
        var desk = ProjectionsCommand.Desk(services, host);
        var outcome = await desk.Rebuild(name, reason, new CommandContext(Verbs.Actor), cancellationToken).ConfigureAwait(false);
        return await Verbs.Tell(outcome, accepted => Watch(services, desk, name, accepted.Revision, cancellationToken)).ConfigureAwait(false);
    }

    static async Task<int> Watch(IServiceProvider services, ProjectionDesk desk, string name, long request, CancellationToken cancellationToken)
    {
        var node = services.GetRequiredService<IHostedService>();
        await node.StartAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var end = await CliProgress.Run<ProjectionStatus, ProjectionStatus>($"rebuild {name}", Done, progress => Await(desk, name, request, progress, cancellationToken)).ConfigureAwait(false);
            if (end.Rebuild?.Error is { } error)
            {
                await Console.Error.WriteLineAsync($"commerce: The rebuild stands still, and people go on reading what was there before: {error}").ConfigureAwait(false);
                return StandsStillExitCode;
            }

            await Console.Out.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{name} version {end.Version} is rebuilt up to position {end.Position}.")).ConfigureAwait(false);
            return 0;
        }
        finally
        {
            await node.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    static (double Part, string Where) Done(ProjectionStatus p) =>
        p.Rebuild is { } rebuild ? (RebuildResource.PercentOf(rebuild, p.Head) / 100, Where(rebuild, p.Head)) : (0, "waits to begin");

    static async Task<ProjectionStatus> Await(ProjectionDesk desk, string name, long request, IProgress<ProjectionStatus> progress, CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = (await desk.List(cancellationToken).ConfigureAwait(false)).Single(p => p.Name == name);
            if (status.RebuiltAt >= request || status.Rebuild?.Error is not null)
            {
                return status;
            }

            progress.Report(status);
            await Task.Delay(LookPause, cancellationToken).ConfigureAwait(false);
        }
    }
}
