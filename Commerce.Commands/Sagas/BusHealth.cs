using MassTransit;

namespace Commerce.Commands.Sagas;

/// <summary>How the message bus of this process does, for operators.</summary>
public sealed class BusHealth
{
    readonly CommerceBus _bus;

    internal BusHealth(CommerceBus bus) => _bus = bus;

    /// <summary>Whether messages go out and come in.</summary>
    public bool IsUp => _bus.Health.Status == BusHealthStatus.Healthy;
}
