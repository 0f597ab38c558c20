using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>
/// The server refuses what Commerce needs until a person sets something right: user and password, rights, TLS, its version.
/// The message says which.
/// </summary>
public sealed class EventStoreDbRefusedException(string message, Exception? inner = null) : EventLogException(message, inner);
