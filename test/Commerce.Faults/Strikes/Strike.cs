using System.Globalization;

namespace Commerce.Faults.Strikes;

/// <summary>What can happen to a shop.</summary>
enum StrikeKind
{
    /// <summary>kill -9 of one process that answers HTTP.</summary>
    KillApi,

    /// <summary>kill -9 of one process that runs sagas and payments.</summary>
    KillSagas,

    /// <summary>kill -9 of both of them at once.</summary>
    KillBothSagas,

    /// <summary>kill -9 of the process that carries events to the broker.</summary>
    KillRelayLeader,

    /// <summary>kill -9 of the process that builds the read model of orders.</summary>
    KillProjectionsLeader,

    /// <summary>kill -9 of the process that looks for deadlines.</summary>
    KillDeadlinesLeader,

    /// <summary>kill -9 of every process of the application at once.</summary>
    KillEveryNode,

    /// <summary>kill -9 of the payment provider.</summary>
    KillSandbox,

    /// <summary>kill -9 of PostgreSQL's first process.</summary>
    KillPostgres,

    /// <summary>PostgreSQL is stopped in order and started again.</summary>
    RestartPostgres,

    /// <summary>kill -9 of RabbitMQ.</summary>
    KillBroker,

    /// <summary>RabbitMQ is stopped in order and started again.</summary>
    RestartBroker,

    /// <summary>PostgreSQL's disk is full for a while.</summary>
    FullDisk,

    /// <summary>One process that answers HTTP hangs (SIGSTOP) for a while, and goes on.</summary>
    FreezeApi,

    /// <summary>One process that runs sagas and payments hangs for a while, and goes on.</summary>
    FreezeSagas,

    /// <summary>The process that carries events to the broker hangs for a while, and goes on.</summary>
    FreezeRelayLeader,

    /// <summary>The process that builds the read model of orders hangs for a while, and goes on.</summary>
    FreezeProjectionsLeader,
}

/// <summary>One thing that happens.</summary>
/// <param name="Kind">What.</param>
/// <param name="PauseBefore">How long after the one before is mended.</param>
/// <param name="Down">How long it lasts until somebody begins to mend it.</param>
/// <param name="First">Where one of two is struck that are alike: whether it is the first.</param>
sealed record Strike(StrikeKind Kind, TimeSpan PauseBefore, TimeSpan Down, bool First)
{
    static readonly TimeSpan PauseMin = TimeSpan.FromSeconds(2);
    static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(6);
    static readonly TimeSpan DownMin = TimeSpan.FromSeconds(0.2);
    static readonly TimeSpan DownMax = TimeSpan.FromSeconds(5);

    /// <summary>What hangs, hangs longer than it takes to be given up.</summary>
    static readonly TimeSpan FrozenMin = TimeSpan.FromSeconds(8);
    static readonly TimeSpan FrozenMax = TimeSpan.FromSeconds(20);

    /// <summary>Without end: each kind once, in an order of the seed's, then each once more in another.</summary>
    public static IEnumerable<Strike> Plan(int seed)
    {
        var random = new Random(seed);
        while (true)
        {
            var kinds = Enum.GetValues<StrikeKind>();
            random.Shuffle(kinds);
            foreach (var kind in kinds)
            {
                var pause = Between(PauseMin, PauseMax);
                var down = kind.ToString().StartsWith("Freeze", StringComparison.Ordinal) ? Between(FrozenMin, FrozenMax) : Between(DownMin, DownMax);
                yield return new(kind, pause, down, random.Next(2) == 0);
            }
        }

        TimeSpan Between(TimeSpan least, TimeSpan most) => least + ((most - least) * random.NextDouble());
    }
}

/// <summary>What happened, on the machine's clock.</summary>
/// <param name="Kind">What.</param>
/// <param name="Text">To whom, for a person.</param>
/// <param name="At">When.</param>
/// <param name="RequestsInFlight">Requests that waited for an answer then.</param>
sealed record Struck(StrikeKind Kind, string Text, DateTimeOffset At, int RequestsInFlight)
{
    /// <summary>When everything was there again; null: while it is not.</summary>
    public DateTimeOffset? MendedAt { get; set; }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{At:HH:mm:ss} {Text}");
}
