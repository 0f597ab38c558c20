namespace Commerce.Simulation.Machinery;

/// <summary>What can go wrong at a step.</summary>
enum Fault
{
    /// <summary>A process dies between two steps.</summary>
    Crash,

    /// <summary>A process stands still between two steps: its connections break, others do its work; then it goes on as if nothing had been, for a while at least.</summary>
    Hang,

    /// <summary>A request to the log is lost.</summary>
    LogRequestLost,

    /// <summary>The log did it, its answer is lost.</summary>
    LogAnswerLost,

    /// <summary>A request to the provider is lost.</summary>
    ProviderRequestLost,

    /// <summary>The provider did it, its answer is lost.</summary>
    ProviderAnswerLost,

    /// <summary>The provider answers 500 and did nothing.</summary>
    ProviderError,

    /// <summary>The provider refuses what it had agreed to, for a while.</summary>
    ProviderRefuses,

    /// <summary>The provider does it, and says that it will tell by callback.</summary>
    ProviderPending,

    /// <summary>The provider takes longer than anybody waits, and does it.</summary>
    ProviderSlow,

    /// <summary>A message never reaches the broker.</summary>
    PublishLost,

    /// <summary>The broker takes a message and does not say so.</summary>
    ConfirmLost,

    /// <summary>The broker brings a message twice.</summary>
    DeliveredTwice,

    /// <summary>A message is lost on its way to its consumer; the broker brings it again.</summary>
    DeliveryLost,

    /// <summary>A message was handled, the broker does not learn of it and brings it again.</summary>
    AckLost,

    /// <summary>A message is late; others overtake it.</summary>
    DeliveryLate,

    /// <summary>A client's request is lost.</summary>
    ClientRequestLost,

    /// <summary>A client's request was served, the answer is lost.</summary>
    ClientAnswerLost,

    /// <summary>A callback of the provider is lost for good.</summary>
    CallbackLost,

    /// <summary>A callback comes twice.</summary>
    CallbackTwice,

    /// <summary>A callback is late; others overtake it.</summary>
    CallbackLate,

    /// <summary>A callback comes before its order is placed.</summary>
    CallbackEarly,

    /// <summary>The command processor is full.</summary>
    Overload,

    /// <summary>Two relays lead for a while.</summary>
    TwoLeaders,

    /// <summary>The event log is away for a while.</summary>
    LogAway,

    /// <summary>The message broker is away for a while.</summary>
    BrokerAway,

    /// <summary>The payment provider is away for a while.</summary>
    ProviderAway,
}

/// <summary>
/// The weather of one run. Which faults strike and how often is drawn from the seed, so that some runs are mild and some know
/// one fault only; all of them end at the same moment, after which the system is left alone.
/// </summary>
sealed class Faults
{
    /// <summary>Half of the faults strike in a run.</summary>
    const double UsedShare = 0.5;

    /// <summary>Chances at one step, from the least to the most: a run has some ten thousand steps.</summary>
    static readonly (double Least, double Most) Stopping = (0.000_3, 0.004);
    static readonly (double Least, double Most) Others = (0.005, 0.12);

    /// <summary>These last a while; all others strike at one step.</summary>
    static readonly Fault[] Outages = [Fault.LogAway, Fault.BrokerAway, Fault.ProviderAway];

    static readonly TimeSpan OutageMin = TimeSpan.FromSeconds(1);
    static readonly TimeSpan OutageMax = TimeSpan.FromMinutes(4);

    readonly Scheduler _scheduler;
    readonly double[] _chances = new double[Enum.GetValues<Fault>().Length];
    readonly long[] _struck = new long[Enum.GetValues<Fault>().Length];
    readonly List<(Fault Fault, DateTimeOffset From, DateTimeOffset Until)> _outages = [];
    readonly DateTimeOffset _end;

    public Faults(Scheduler scheduler, DateTimeOffset end)
    {
        (_scheduler, _end) = (scheduler, end);
        foreach (var fault in Enum.GetValues<Fault>().Except(Outages))
        {
            var (least, most) = fault is Fault.Crash or Fault.Hang ? Stopping : Others;
            var chance = least * Math.Pow(most / least, scheduler.Random.NextDouble());
            _chances[(int)fault] = scheduler.Random.NextDouble() < UsedShare ? chance : 0;
        }

        foreach (var fault in Outages)
        {
            for (var outages = scheduler.Random.Next(3); outages > 0; outages--)
            {
                var from = scheduler.Between(TimeSpan.Zero, end - scheduler.Now);
                _outages.Add((fault, scheduler.Now + from, scheduler.Now + from + (OutageMin * Math.Pow(OutageMax / OutageMin, scheduler.Random.NextDouble()))));
            }
        }
    }

    /// <summary>Whether nothing goes wrong any more.</summary>
    public bool IsOver => _scheduler.Now >= _end;

    /// <summary>Whether this goes wrong now.</summary>
    public bool Strikes(Fault fault)
    {
        var strikes = _chances[(int)fault] > 0 && !IsOver && _scheduler.Random.NextDouble() < _chances[(int)fault];
        _struck[(int)fault] += strikes ? 1 : 0;
        return strikes;
    }

    /// <summary>Whether this server, which somebody asks, is away now.</summary>
    public bool IsAway(Fault outage)
    {
        var isAway = !IsOver && _outages.Exists(o => o.Fault == outage && o.From <= _scheduler.Now && _scheduler.Now < o.Until);
        _struck[(int)outage] += isAway ? 1 : 0;
        return isAway;
    }

    /// <summary>How often it struck.</summary>
    public long Struck(Fault fault) => _struck[(int)fault];
}
