using System.ComponentModel.DataAnnotations;

namespace Commerce.Commands.Sealing;

/// <summary>How the log is sealed.</summary>
public sealed class SealingOptions
{
    /// <summary>How often what is new is sealed: so long it may be changed without a trace by whoever can write to the engine.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>PEM file of the private key that signs; null: seals are not signed.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The same options, checked.</summary>
    /// <exception cref="ValidationException">One is out of its range.</exception>
    public SealingOptions Validated()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        return this;
    }
}
