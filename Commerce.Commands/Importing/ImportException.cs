namespace Commerce.Commands.Importing;

/// <summary>The import cannot go on; the message is one sentence that says why. Running it again goes on where it stopped.</summary>
public sealed class ImportException(string message) : Exception(message);
