using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Commerce.Commands.Webhooks;

/// <summary>How webhooks are sent.</summary>
public sealed class WebhookOptions
{
    /// <summary>How long after the try before it each try of a delivery comes (Standard Webhooks, "Deliverability and reliability"): three days in all, then it is given up.</summary>
    public static readonly IReadOnlyList<TimeSpan> Tries =
    [
        TimeSpan.Zero, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        TimeSpan.FromHours(5), TimeSpan.FromHours(10), TimeSpan.FromHours(14), TimeSpan.FromHours(20), TimeSpan.FromHours(24),
    ];

    /// <summary>Networks that would be refused as private ones, and may be sent to all the same.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; init; } = [];

    /// <summary>Whether addresses of http are taken: what is sent there can be read on the way.</summary>
    public bool IsHttpAllowed { get; init; }

    /// <summary>Time that a receiver has to answer.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:01:00")]
    public TimeSpan AnswerTimeMax { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Deliveries of one subscription that are under way at once, each of another order.</summary>
    [Range(1, 64)]
    public int AtOnceMax { get; init; } = 4;

    /// <summary>Deliveries of one subscription that wait: beyond it the log is read no further for it, and nothing is lost.</summary>
    [Range(1, 1_000_000)]
    public int WaitingMax { get; init; } = 10_000;

    /// <summary>Deliveries that are over and still shown, by subscription: the last ones.</summary>
    [Range(1, 1_000_000)]
    public int KeptMax { get; init; } = 10_000;

    /// <summary>Failures in a row, or nearly so, after which an endpoint is left alone.</summary>
    [Range(2, 1_000)]
    public int BreakerCallsMin { get; init; } = 5;

    /// <summary>How long it is left alone before one delivery is tried.</summary>
    [Range(typeof(TimeSpan), "00:00:00.500", "01:00:00")]
    public TimeSpan BreakerOpens { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How soon a new or changed subscription is noticed.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan NoticedAfter { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often processes look whether it is their turn to send.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan LeadershipEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The same options, checked.</summary>
    /// <exception cref="ValidationException">One is out of its range.</exception>
    public WebhookOptions Validated()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        return this;
    }
}
