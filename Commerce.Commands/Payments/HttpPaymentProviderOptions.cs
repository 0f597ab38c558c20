using System.ComponentModel.DataAnnotations;

namespace Commerce.Commands.Payments;

/// <summary>How the provider is asked over HTTP.</summary>
public sealed class HttpPaymentProviderOptions
{
    /// <summary>Where it is, e.g. <c>http://127.0.0.1:5090/</c>.</summary>
    [Required]
    public Uri? BaseAddress { get; init; }

    /// <summary>Calls that are under way at once. What comes beyond waits, and its time limit does not run meanwhile.</summary>
    [Range(1, 4_096)]
    public int CallsAtOnceMax { get; init; } = 128;

    /// <summary>How long one attempt may take. An authorisation that takes longer than a person waits is as good as none.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Attempts after the first; every call is safe to repeat, for its key makes it happen once.</summary>
    [Range(0, 10)]
    public int RetriesMax { get; init; } = 3;

    /// <summary>Pause before the first repeat; doubled each time, with jitter.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:00:30")]
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Share of failed calls that opens the circuit.</summary>
    [Range(0.01, 1.0)]
    public double BreakerFailureRatio { get; init; } = 0.5;

    /// <summary>Calls within <see cref="BreakerSampling"/> before that share means anything.</summary>
    [Range(2, 10_000)]
    public int BreakerCallsMin { get; init; } = 10;

    /// <summary>Over what time calls are counted.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan BreakerSampling { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the circuit stays open before one call tries again.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan BreakerOpens { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same options, checked.</summary>
    /// <exception cref="ValidationException">One is missing or out of its range.</exception>
    public HttpPaymentProviderOptions Validated()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        return this;
    }
}
