using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>A connection string that is none. The message names the part that is wrong, never the password.</summary>
public sealed class EventStoreDbConnectionStringException(string message) : EventLogException(message);
