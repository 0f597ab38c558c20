namespace Commerce.Api.Composition;

/// <summary>A setting is missing or wrong. The message is one sentence that says which and what it may be.</summary>
sealed class CommerceSettingsException(string message) : Exception(message);
