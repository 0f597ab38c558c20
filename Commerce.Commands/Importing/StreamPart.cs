using Commerce.Domain.Log;

namespace Commerce.Commands.Importing;

/// <summary>A command with the metadata of its events.</summary>
/// <param name="Command">What is asked.</param>
/// <param name="Metadata">As stored.</param>
/// <param name="Weight">Bytes that its events take in the log, roughly and at most.</param>
readonly record struct Step<TCommand>(TCommand Command, ReadOnlyMemory<byte> Metadata, int Weight);

/// <summary>Commands to one stream whose events are one append.</summary>
/// <param name="Stream">The stream.</param>
/// <param name="Id">Names the append: its events' ids follow from it.</param>
/// <param name="Steps">Commands, given the state that they find.</param>
sealed record StreamPart<TCommand, TState>(StreamName Stream, Guid Id, Func<TState, IEnumerable<Step<TCommand>>> Steps);

/// <summary>Cuts what a chunk wants of one stream into appends.</summary>
static class StreamParts
{
    /// <summary>Bytes of one append at most: a fifth below what the log takes, since weights are rough.</summary>
    const int BytesMax = IEventLog.AppendBytesMax * 4 / 5;

    /// <summary>Commands of one append at most; each makes an event or two.</summary>
    const int StepsMax = 1_000;

    /// <summary>The steps in order, in as few parts as fit.</summary>
    public static IEnumerable<List<Step<TCommand>>> Cut<TCommand>(IEnumerable<Step<TCommand>> steps)
    {
        var part = new List<Step<TCommand>>();
        var bytes = 0;
        foreach (var step in steps)
        {
            if (part.Count == StepsMax || (part.Count > 0 && bytes + step.Weight > BytesMax))
            {
                yield return part;
                (part, bytes) = ([], 0);
            }

            part.Add(step);
            bytes += step.Weight;
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }
}
