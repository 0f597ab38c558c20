using System.ComponentModel.DataAnnotations;
using Commerce.Domain.Fulfilment;

namespace Commerce.Commands.Sagas;

/// <summary>How orders are fulfilled over the bus.</summary>
public sealed class SagaOptions
{
    /// <summary>The broker, <c>rabbitmq://user:password@host:port/vhost</c>; null: MassTransit's in-memory transport, which reaches this process only.</summary>
    public Uri? Bus { get; init; }

    /// <summary>Whether this process carries events from the log to the bus.</summary>
    public bool RunsRelay { get; init; } = true;

    /// <summary>Whether this process consumes them.</summary>
    public bool RunsSagas { get; init; } = true;

    /// <summary>Begins the names of queues.</summary>
    [Required, RegularExpression("^[a-z0-9-]{1,40}$")]
    public string QueuePrefix { get; init; } = "commerce";

    /// <summary>What a fulfilment starts with.</summary>
    [Required]
    public FulfilmentPolicy Policy { get; init; } = FulfilmentPolicy.Default;

    /// <summary>Pauses before a failed message is tried again; after the last it is a dead letter.</summary>
    [Required]
    public IReadOnlyList<TimeSpan> RetryPauses { get; init; } = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15)];

    /// <summary>First pause while the log or the provider is down; doubled up to <see cref="OutagePauseMax"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan OutagePauseMin { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Longest pause while the log or the provider is down: how late orders go on once it is back.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:05:00")]
    public TimeSpan OutagePauseMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Messages that wait for a lost resource become dead letters after so long: a day is a disaster, not an outage.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "7.00:00:00")]
    public TimeSpan OutageMax { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Facts that travel as one message at most, if so many wait to be sent; 1: each alone.</summary>
    [Range(1, 1_024)]
    public int BatchFactsMax { get; init; } = 64;

    /// <summary>
    /// Facts of one queue that are handled at once. They wait for the log, not for a processor: with fewer, its groups stay small where many
    /// orders are under way, and each of their commits costs nearly the same.
    /// </summary>
    [Range(1, 4_096)]
    public int ConcurrencyMax { get; init; } = 2_048;

    /// <summary>
    /// Messages of one queue that are handled at once, each with up to <see cref="BatchFactsMax"/> facts. RabbitMQ's client has a loop for
    /// each and wakes all that are idle for every message: as few as keep the shop busy where facts travel alone.
    /// </summary>
    [Range(1, 4_096)]
    public int MessagesAtOnceMax { get; init; } = 64;

    /// <summary>Messages of one queue that the broker hands over before the first is answered: enough to keep all busy.</summary>
    [Range(1, 65_535)]
    public int PrefetchMax { get; init; } = 256;

    /// <summary>
    /// Events that were read and are not done with: beyond them the relay waits. On the broker they wait for a confirm, in memory
    /// for their consumer, and a restart repeats that many at most.
    /// </summary>
    [Range(1, 1_000_000)]
    public int OutstandingMax { get; init; } = 8_192;

    /// <summary>How often the relay's checkpoint is stored: what a crash repeats at most, in time.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long the relay waits until one message is taken; then it begins again from its checkpoint, which repeats what it sent
    /// since. Longer than a broker that is there ever takes, and while none is there, how often a relay gives its turn away.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan SendTimeMax { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a leader makes sure that it still is, and a follower asks whether there is one.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan LeadershipEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How often it is looked for deadlines that have passed, and stored what the log set or ended: how late one is met.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan DeadlinesEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Orders that are woken in one go.</summary>
    [Range(1, 10_000)]
    public int DeadlinesBatchMax { get; init; } = 256;

    /// <summary>Pause before an order is woken again while the log does not say that its deadline is met; doubled up to <see cref="WakingPauseMax"/>.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan WakingPauseMin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest such pause: a deadline that nothing comes of costs next to nothing, and is met so late once something does.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "1.00:00:00")]
    public TimeSpan WakingPauseMax { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Pause before the next waking of one that was woken so often already.</summary>
    internal TimeSpan WakingPause(int wakings)
    {
        var pause = WakingPauseMin;
        for (var n = 0; n < wakings && pause < WakingPauseMax; n++)
        {
            pause *= 2;
        }

        return pause < WakingPauseMax ? pause : WakingPauseMax;
    }

    /// <summary>How often it is looked for held messages that may go on: how late a replay begins.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan DeadLettersEvery { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Name of the queue of these consumers.</summary>
    internal string QueueOf(Consumers consumer) => $"{QueuePrefix}-{consumer switch
    {
        Consumers.Fulfilment => "fulfilment",
        Consumers.Payments => "payments",
        Consumers.FlashSales => "flash-sales",
        _ => throw new ArgumentOutOfRangeException(nameof(consumer)),
    }}";

    /// <summary>The same options, checked.</summary>
    /// <exception cref="ValidationException">One is missing or out of its range.</exception>
    public SagaOptions Validated()
    {
        Validator.ValidateObject(this, new ValidationContext(this), validateAllProperties: true);
        return this;
    }
}
