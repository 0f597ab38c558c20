using System.Diagnostics;
using System.Diagnostics.Metrics;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>What operators see of the deciding of commands: spans of the source <c>Commerce</c>, figures of the meter <c>Commerce</c>.</summary>
static class CommandTelemetry
{
    /// <summary>Commands that the span of one append names: exporters cut after 128 links (OpenTelemetry's default limit).</summary>
    const int LinksMax = 128;

    public static readonly ActivitySource Source = new("Commerce");

    static readonly Meter Meter = new("Commerce");

    public static readonly UpDownCounter<long> Unanswered =
        Meter.CreateUpDownCounter<long>("commerce.commands.unanswered", "{command}", "Commands that wait or are being decided.");

    public static readonly Histogram<int> BatchSize =
        Meter.CreateHistogram<int>("commerce.commands.batch_size", "{command}", "Commands that were decided together.");

    public static readonly Counter<long> Conflicts =
        Meter.CreateCounter<long>("commerce.commands.conflicts", "{append}", "Appends that lost a race and were decided anew.");

    static readonly Counter<long> Decided =
        Meter.CreateCounter<long>("commerce.commands.decided", "{command}", "Commands answered, by category and outcome.");

    public static Activity? StartCommand(StreamName stream, Type command)
    {
        if (Source.HasListeners() && Source.StartActivity($"decide {stream.Category}") is { } activity)
        {
            return activity.SetTag("commerce.stream", stream.Value).SetTag("commerce.command", command.Name);
        }

        return null;
    }

    /// <summary>The span of one append, linked to the commands that it serves: it has many causes and is no one's child.</summary>
    public static Activity? StartAppend<TCommand>(StreamName stream, IReadOnlyList<Work<TCommand>> works)
        where TCommand : notnull
    {
        if (!Source.HasListeners())
        {
            return null;
        }

        var links = works.Where(w => w.Activity is not null).Take(LinksMax).Select(w => new ActivityLink(w.Activity?.Context ?? default));
        return Source.StartActivity($"append {stream.Category}", ActivityKind.Internal, default(ActivityContext), [new("commerce.stream", stream.Value)], links);
    }

    public static void Answered(StreamName stream, CommandOutcome outcome, Activity? activity)
    {
        var name = NameOf(outcome);
        activity?.SetTag("commerce.outcome", name);
        if (Decided.Enabled)
        {
            Decided.Add(1, new("category", stream.Category), new("outcome", name));
        }
    }

    static string NameOf(CommandOutcome outcome) => outcome switch
    {
        CommandOutcome.Accepted { Replayed: true } => "replayed",
        CommandOutcome.Accepted => "accepted",
        CommandOutcome.Rejected => "rejected",
        CommandOutcome.RevisionMismatch => "revision-mismatch",
        CommandOutcome.KeyReused => "key-reused",
        CommandOutcome.Overloaded => "overloaded",
        _ => throw new UnreachableException(),
    };
}
