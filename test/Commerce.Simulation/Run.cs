using System.Security.Cryptography;
using System.Text;
using Commerce.Domain.Log;
using Commerce.Projections.Auditing;
using Commerce.Simulation.Checks;
using Commerce.Simulation.Machinery;
using Commerce.Simulation.Processes;

namespace Commerce.Simulation;

/// <summary>What became of one seed.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Failures">What is wrong; empty: nothing.</param>
/// <param name="Report">The auditor's figures.</param>
/// <param name="Events">Events of the log by type.</param>
/// <param name="Struck">How often each fault struck.</param>
/// <param name="RacesLost">Appends that another process was faster with.</param>
/// <param name="Steps">Things that happened.</param>
/// <param name="Digest">SHA-256 of the log, to the byte.</param>
/// <param name="Trace">The steps in words, if they were asked for.</param>
sealed record Run(
    int Seed, IReadOnlyList<Failure> Failures, AuditReport Report, IReadOnlyDictionary<string, int> Events, IReadOnlyDictionary<Fault, long> Struck, long RacesLost, long Steps, string Digest, IReadOnlyList<string> Trace)
{
    /// <summary>Plays a seed and judges it.</summary>
    public static Run Of(int seed, Mutation mutation = Mutation.None, bool hasTrace = false)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            var world = new World(seed, mutation, hasTrace);
            world.Play();
            var (failures, report) = Judgement.Of(world);
            var events = world.Log.ReadAll(LogPosition.Start, StreamFilter.All, int.MaxValue);
            return new Run(seed, failures, report, events.CountBy(e => e.Type).ToDictionary(), Enum.GetValues<Fault>().ToDictionary(f => f, world.Faults.Struck), world.Log.Refused, world.Scheduler.Happened, DigestOf(events), world.Trace.Steps);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    static string DigestOf(IEnumerable<RecordedEvent> events)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var e in events)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{e.Stream} {e.Revision} {e.Position} {e.Id} {e.Type} {e.RecordedAt.UtcTicks}\n"));
            hash.AppendData(e.Data.Span);
            hash.AppendData(e.Metadata.Span);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
