using System.Diagnostics;
using System.Diagnostics.Metrics;
using Commerce.Domain.Log;

namespace Commerce.Commands.Handling;

/// <summary>What operators see of the deciding of commands.</summary>
static class CommandTelemetry
{
    static long unanswered;

    /// <summary>
    /// Commands that are in the processors, all mailboxes together, and not answered yet: waiting, or being decided. Counted whether anybody
    /// listens or not: who begins to listen while commands are under way would see them leave only.
    /// </summary>
    public static readonly ObservableUpDownCounter<long> Unanswered = CommerceTelemetry.Meter.CreateObservableUpDownCounter(
        "commerce.commands.unanswered", static () => Volatile.Read(ref unanswered), "{command}", "Commands that wait or are being decided.");

    /// <summary>How many commands share a decision: above 1 a stream is hot.</summary>
    public static readonly Histogram<int> BatchSize =
        CommerceTelemetry.Meter.CreateHistogram<int>("commerce.commands.batch_size", "{command}", "Commands that were decided together.");

    /// <summary>Appends that another node was faster than.</summary>
    public static readonly Counter<long> Conflicts =
        CommerceTelemetry.Meter.CreateCounter<long>("commerce.commands.conflicts", "{append}", "Appends that lost a race and were decided anew.");

    /// <summary>Answers, by category of the stream and outcome.</summary>
    static readonly Counter<long> Decided =
        CommerceTelemetry.Meter.CreateCounter<long>("commerce.commands.decided", "{command}", "Commands answered, by category and outcome.");

    /// <summary>From asking to answer, by category of the stream and outcome.</summary>
    static readonly Histogram<double> Duration =
        CommerceTelemetry.Meter.CreateHistogram("commerce.commands.duration", "s", "From a command to its answer, by category and outcome.", advice: CommerceTelemetry.Seconds);

    /// <summary>Whether anybody listens to what is told of single commands.</summary>
    public static bool IsShown => Decided.Enabled || Duration.Enabled || CommerceTelemetry.Source.HasListeners();

    /// <summary>A command came in.</summary>
    public static void Entered() => Interlocked.Increment(ref unanswered);

    /// <summary>One was answered, or turned away after all.</summary>
    public static void Left() => Interlocked.Decrement(ref unanswered);

    public static Activity? StartCommand(StreamName stream, Type command, string? traceParent)
    {
        if (CommerceTelemetry.Source.HasListeners() && CommerceTelemetry.Start($"decide {stream.Category}", traceParent) is { } activity)
        {
            return activity.SetTag("commerce.stream", stream.Value).SetTag("commerce.command", command.Name);
        }

        return null;
    }

    /// <param name="stream">Where it was decided.</param>
    /// <param name="outcome">The answer.</param>
    /// <param name="activity">Its span, if it has one.</param>
    /// <param name="started">Timestamp of <see cref="Stopwatch"/> at which it was asked.</param>
    public static void Answered(StreamName stream, CommandOutcome outcome, Activity? activity, long started)
    {
        var name = NameOf(outcome);
        activity?.SetTag("commerce.outcome", name);
        if (Decided.Enabled)
        {
            Decided.Add(1, new("category", stream.Category), new("outcome", name));
        }

        if (Duration.Enabled)
        {
            Duration.Record(Stopwatch.GetElapsedTime(started).TotalSeconds, new("category", stream.Category), new("outcome", name));
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
