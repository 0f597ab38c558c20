using Commerce.Commands.EventLog.EventStoreDb;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>Logs of the wire client.</summary>
static class EventStoreDbLogs
{
    public static Task<EventStoreDbLog> Open(EventStoreDbOptions options, CancellationToken ct = default) =>
        EventStoreDbLog.Open(options, TimeProvider.System, NullLogger<EventStoreDbLog>.Instance, ct);
}
