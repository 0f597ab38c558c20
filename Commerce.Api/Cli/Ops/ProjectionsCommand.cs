using System.CommandLine;
using System.Globalization;
using Commerce.Api.Composition;
using Commerce.Api.Endpoints;
using Commerce.Commands.Handling;
using Commerce.Domain.Log;
using Commerce.Domain.ReadModels;
using Commerce.Projections;
using Commerce.Projections.Daemon;

namespace Commerce.Api.Cli.Ops;

/// <summary>The verb <c>projections</c>: how far each is, and what people decide about it.</summary>
static class ProjectionsCommand
{
    static readonly Argument<string> Name = new("name") { Description = "The projection." };
    static readonly Option<long> Position = new("--position") { HelpName = "P", Required = true, Description = "The event's place in the log, as the list says." };
    static readonly Option<string> Reason = new("--reason") { HelpName = "TEXT", Required = true, Description = $"Why; recorded, 1 to {ReadModel.ReasonLengthMax} characters." };

    /// <summary>The verb with its options.</summary>
    public static Command Create() => new("projections", "Read models: how far they are, rebuilding them, and what becomes of one that stands still.")
    {
        Verb("list", "Lists them.", (_, desk, ct) => List(desk, ct)),
        Verb(
            "skip", "Leaves out the event at which one stands still, now and whenever this version of it is made anew.",
            (p, desk, ct) => Decided(p, desk.Skip(p.GetRequiredValue(Name), p.GetRequiredValue(Position), p.GetRequiredValue(Reason), new CommandContext(Verbs.Actor), ct)),
            Position, Reason),
        Verb(
            "retry", "Has one that stands still try again.",
            (p, desk, ct) => Decided(p, desk.Retry(p.GetRequiredValue(Name), p.GetRequiredValue(Reason), new CommandContext(Verbs.Actor), ct)),
            Reason),
        ProjectionRebuildCommand.Create(Name, Reason),
        Verb("pause", "Has one apply and build nothing until it is resumed.", (p, desk, ct) => Decided(p, desk.Pause(p.GetRequiredValue(Name), p.GetRequiredValue(Reason), new CommandContext(Verbs.Actor), ct)), Reason),
        Verb("resume", "Has one that is paused go on.", (p, desk, ct) => Decided(p, desk.Resume(p.GetRequiredValue(Name), p.GetRequiredValue(Reason), new CommandContext(Verbs.Actor), ct)), Reason),
        Verb(
            "drop", "Removes the rows that the last rebuild of one replaced.",
            (p, desk, ct) => Decided(p, desk.Drop(p.GetRequiredValue(Name), p.GetRequiredValue(Reason), new CommandContext(Verbs.Actor), ct)),
            Reason),
    };

    static Command Verb(string name, string description, Func<ParseResult, ProjectionDesk, CancellationToken, Task<int>> run, params IReadOnlyList<Option> options) =>
        Verbs.Of(name, description, (parsed, ct) => At(parsed, run, ct), options.Count > 0 ? [.. options, Name] : []);

    static async Task<int> At(ParseResult parsed, Func<ParseResult, ProjectionDesk, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        await using var host = await CommerceHost.Open(SharedOptions.SettingsWithoutRoles(parsed), cancellationToken).ConfigureAwait(false);
        await using var services = Services(host, ProjectionNames.All).BuildServiceProvider();
        return await run(parsed, Desk(services, host), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Read models of a host, of which a daemon would keep up some.</summary>
    internal static IServiceCollection Services(CommerceHost host, IReadOnlyList<string> keptUp) => new ServiceCollection().AddLogging().AddSingleton<IEventLog>(host.Log)
        .AddCommerceProjections(new ProjectionOptions { ConnectionString = host.ConnectionString, KeptUp = keptUp });

    /// <summary>The desk of a host.</summary>
    internal static ProjectionDesk Desk(IServiceProvider services, CommerceHost host) => new(services.GetRequiredService<ProjectionStatusReader>(), host.Commands);

    static async Task<int> List(ProjectionDesk desk, CancellationToken cancellationToken)
    {
        foreach (var p in await desk.List(cancellationToken).ConfigureAwait(false))
        {
            await Console.Out.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"{p.Name,-16} {Words.Of(p.State),-12} version {p.Version}, position {p.Position} of {p.Head}, {p.LagEvents} events behind")).ConfigureAwait(false);
            foreach (var line in Details(p))
            {
                await Console.Out.WriteLineAsync($"{string.Empty,-16} {line}").ConfigureAwait(false);
            }
        }

        return 0;
    }

    static IEnumerable<string> Details(ProjectionStatus p)
    {
        if (p.Error is not null)
        {
            yield return p.Error;
        }

        if (p.Rebuild is { } rebuild)
        {
            yield return $"rebuild to version {rebuild.Version}: {ProjectionRebuildCommand.Where(rebuild, p.Head)}";
            if (rebuild.Error is not null && rebuild.Error != p.Error)
            {
                yield return $"rebuild stands still: {rebuild.Error}";
            }
        }

        if (p.Replaced is { } replaced)
        {
            yield return $"version {replaced.Version}, which a rebuild replaced, is kept until it is dropped";
        }
    }

    static async Task<int> Decided(ParseResult parsed, Task<CommandOutcome> outcome) =>
        await Verbs.Tell(await outcome.ConfigureAwait(false), $"Recorded in projection-{parsed.GetRequiredValue(Name)}; it goes on within about a second where it runs.").ConfigureAwait(false);
}
