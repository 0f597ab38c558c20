using Commerce.Domain.Log;

namespace Commerce.Simulation.Servers;

/// <summary>How far the relay has come, durable for all processes; an earlier position than the stored one changes nothing.</summary>
sealed class CheckpointServer
{
    public LogPosition Stored { get; private set; }

    public bool Store(LogPosition position)
    {
        Stored = position > Stored ? position : Stored;
        return true;
    }
}
