namespace Commerce.Benchmarks;

/// <summary>How much each benchmark does. Every round ends at a time or at a count, whichever comes first.</summary>
sealed record Sizes
{
    /// <summary>What is drawn is drawn from it: the same seed, the same orders.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Rounds that count; the figures are their medians.</summary>
    public int Rounds { get; init; } = 3;

    /// <summary>Rounds that go before and warm up.</summary>
    public int WarmUps { get; init; } = 1;

    /// <summary>One round of appending.</summary>
    public TimeSpan LogRound { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Events of a round of appending at most: what the engine in memory holds at once stays small.</summary>
    public int LogRoundEventsMax { get; init; } = 500_000;

    /// <summary>Events of a round of reading at most.</summary>
    public int LogReadEventsMax { get; init; } = 100_000;

    /// <summary>Events of a round of verifying seals: enough that one takes longer than the runtime takes to compile what it runs.</summary>
    public int SealedEvents { get; init; } = 300_000;

    /// <summary>One round of orders.</summary>
    public TimeSpan OrdersRound { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>How long orders come without a pause.</summary>
    public TimeSpan OrdersSustained { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Orders of a burst.</summary>
    public int OrdersBurst { get; init; } = 20_000;

    /// <summary>One round of bare requests: long enough that what server and generator compile at its begin weighs little.</summary>
    public TimeSpan BareRound { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Clients of a round of orders, each with one order under way.</summary>
    public int Clients { get; init; } = 64;

    /// <summary>One round of orders that come from the command processor: long beside its first and last orders, which have the machine for themselves.</summary>
    public TimeSpan SagaRound { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Clients of such a round: enough that the log commits the orders of many together.</summary>
    public int SagaClients { get; init; } = 256;

    /// <summary>Clients of a round that asks for all that the cores give: with the fewer ones they are idle part of the time, waiting for the disk.</summary>
    public int SagaClientsMany { get; init; } = 1_024;

    /// <summary>Connections of those who claim of one sale.</summary>
    public IReadOnlyList<int> SaleConnections { get; init; } = [64, 256];

    /// <summary>Sales that are claimed of at once.</summary>
    public IReadOnlyList<int> HotSkus { get; init; } = [1, 2, 4, 8, 16];

    /// <summary>Units of a sale that is sold out: as long as a bare round.</summary>
    public int SaleUnits { get; init; } = 100_000;

    /// <summary>The same of one that is sold by hand.</summary>
    public int PeerUnits { get; init; } = 3_000;

    /// <summary>Ten times what either takes.</summary>
    public TimeSpan SaleTimeMax { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Units of a sale that is not sold out in a round.</summary>
    public int SaleUnitsPlenty { get; init; } = 500_000;

    /// <summary>Units of one that is not sold out in an overload.</summary>
    public int SaleUnitsMost { get; init; } = 1_000_000;

    /// <summary>One round of claims that does not end with the units.</summary>
    public TimeSpan ClaimsRound { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a server is loaded before anything is measured that lasts as long as its code is still compiled: a new one takes half as many claims.</summary>
    public TimeSpan ServerWarmUp { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>One round at half of the maximum rate.</summary>
    public TimeSpan HalfRateRound { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Connections at which one node and two are compared: each node has half of them, which is as many claims as one of its appends can hold.</summary>
    public IReadOnlyList<int> NodesConnections { get; init; } = [128, 1_024];

    /// <summary>Units of the sale at two nodes.</summary>
    public int NodesUnits { get; init; } = 10_000;

    /// <summary>Those who want one of them.</summary>
    public int NodesBuyers { get; init; } = 100_000;

    /// <summary>Events of the long streams.</summary>
    public IReadOnlyList<int> StreamEvents { get; init; } = [1_000, 10_000, 100_000, 1_000_000];

    /// <summary>How long three times the maximum comes.</summary>
    public TimeSpan OverloadRound { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long half of the maximum comes after it.</summary>
    public TimeSpan AfterOverloadRound { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Events that the read models are rebuilt from, and how often; many first, so that the memory of few is not that of a younger process.</summary>
    public IReadOnlyList<(int Events, int Rounds)> ProjectedEvents { get; init; } = [(1_000_000, 3), (100_000, 3)];

    /// <summary>Events that come every second while it is measured how far the read models are behind.</summary>
    public int LiveEventsPerSecond { get; init; } = 2_000;

    /// <summary>One round of that.</summary>
    public TimeSpan LiveRound { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>One round of placed orders through one door.</summary>
    public TimeSpan DoorRound { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>Commands that are under way at once at a door.</summary>
    public IReadOnlyList<int> DoorCommands { get; init; } = [64, 256];

    /// <summary>Orders that are read by their ids.</summary>
    public int OrdersRead { get; init; } = 10_000;

    /// <summary>What counts.</summary>
    public static Sizes Full { get; } = new();

    /// <summary>A minute or two each: to see where something stands while it is being worked on.</summary>
    public static Sizes Quick { get; } = new()
    {
        Rounds = 1,
        BareRound = TimeSpan.FromSeconds(2),
        SagaRound = TimeSpan.FromSeconds(4),
        OrdersSustained = TimeSpan.FromSeconds(15),
        OrdersBurst = 5_000,
        DoorRound = TimeSpan.FromSeconds(3),
        SaleUnits = 15_000,
        PeerUnits = 500,
        HalfRateRound = TimeSpan.FromSeconds(4),
        StreamEvents = [1_000, 100_000],
        OverloadRound = TimeSpan.FromSeconds(10),
        ServerWarmUp = TimeSpan.FromSeconds(5),
        ProjectedEvents = [(100_000, 1)],
    };

    /// <summary>Just enough to show that it runs.</summary>
    public static Sizes Smoke { get; } = new()
    {
        ServerWarmUp = TimeSpan.FromMilliseconds(100),
        Rounds = 1,
        WarmUps = 0,
        SaleConnections = [64],
        HotSkus = [1, 2],
        LogRound = TimeSpan.FromMilliseconds(20),
        LogRoundEventsMax = 1_000,
        LogReadEventsMax = 100,
        SealedEvents = 100,
        OrdersRound = TimeSpan.FromMilliseconds(50),
        OrdersSustained = TimeSpan.FromMilliseconds(50),
        OrdersBurst = 20,
        BareRound = TimeSpan.FromMilliseconds(200),
        Clients = 4,
        SagaRound = TimeSpan.FromMilliseconds(50),
        SagaClients = 4,
        SagaClientsMany = 8,
        SaleUnits = 200,
        PeerUnits = 50,
        SaleUnitsPlenty = 50_000,
        SaleUnitsMost = 50_000,
        ClaimsRound = TimeSpan.FromMilliseconds(200),
        HalfRateRound = TimeSpan.FromMilliseconds(200),
        NodesConnections = [64],
        NodesUnits = 200,
        NodesBuyers = 1_000,
        StreamEvents = [1_000, 12_000],
        OverloadRound = TimeSpan.FromMilliseconds(300),
        AfterOverloadRound = TimeSpan.FromMilliseconds(300),
        ProjectedEvents = [(300, 1)],
        LiveRound = TimeSpan.FromMilliseconds(50),
        OrdersRead = 100,
        DoorRound = TimeSpan.FromMilliseconds(200),
        DoorCommands = [16],
    };
}
