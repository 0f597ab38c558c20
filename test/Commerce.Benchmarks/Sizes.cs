namespace Commerce.Benchmarks;

/// <summary>How much each benchmark does. Every round ends at a time or at a count, whichever comes first.</summary>
sealed record Sizes
{
    /// <summary>What is drawn is drawn from it: the same seed, the same orders.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Rounds that count; the figures are their medians. One more goes before and warms up.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>One round of appending.</summary>
    public TimeSpan LogRound { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Events of a round of appending at most: what the engine in memory holds at once stays small.</summary>
    public int LogRoundEventsMax { get; init; } = 500_000;

    /// <summary>Events of a round of reading at most.</summary>
    public int LogReadEventsMax { get; init; } = 100_000;

    /// <summary>One round of orders.</summary>
    public TimeSpan OrdersRound { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>One round of bare requests.</summary>
    public TimeSpan BareRound { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Clients of a round of orders, each with one order under way.</summary>
    public int Clients { get; init; } = 64;

    /// <summary>One round of orders that come from the command processor.</summary>
    public TimeSpan SagaRound { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>Clients of such a round: enough that the log commits the orders of many together.</summary>
    public int SagaClients { get; init; } = 256;

    /// <summary>Events that the read models are rebuilt from.</summary>
    public int ProjectedEvents { get; init; } = 100_000;

    /// <summary>What counts.</summary>
    public static Sizes Full { get; } = new();

    /// <summary>Just enough to show that it runs.</summary>
    public static Sizes Smoke { get; } = new()
    {
        Rounds = 1,
        LogRound = TimeSpan.FromMilliseconds(20),
        LogRoundEventsMax = 1_000,
        LogReadEventsMax = 100,
        OrdersRound = TimeSpan.FromMilliseconds(50),
        BareRound = TimeSpan.FromMilliseconds(200),
        Clients = 4,
        SagaRound = TimeSpan.FromMilliseconds(50),
        SagaClients = 4,
        ProjectedEvents = 300,
    };
}
