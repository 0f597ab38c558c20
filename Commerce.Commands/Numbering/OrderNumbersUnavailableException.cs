namespace Commerce.Commands.Numbering;

/// <summary>No order number can be given now without the risk of giving one twice. It passes: the caller may come back.</summary>
public sealed class OrderNumbersUnavailableException(string message) : Exception(message);
