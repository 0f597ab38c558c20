namespace Commerce.Commands.Embedded;

/// <summary>The private PostgreSQL could not be had. The message is one sentence for the person at the terminal: what is missing and what to do.</summary>
public sealed class EmbeddedPostgresException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is missing and what to do about it.</param>
    /// <param name="cause">What the operating system or the server said, if anything.</param>
    public EmbeddedPostgresException(string message, Exception? cause = null) : base(message, cause)
    {
    }
}
