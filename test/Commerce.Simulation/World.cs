using Commerce.Simulation.Checks;
using Commerce.Simulation.Machinery;
using Commerce.Simulation.People;
using Commerce.Simulation.Processes;
using Commerce.Simulation.Servers;

namespace Commerce.Simulation;

/// <summary>One run: servers, processes and people on one scheduler.</summary>
sealed class World
{
    /// <summary>How long the system is left alone at the end: whatever waits for a server that was away, a deadline or a repeat has come by then.</summary>
    static readonly TimeSpan SettleWithin = TimeSpan.FromMinutes(45);

    /// <summary>One of so many messages is chosen where a defect loses some.</summary>
    const int ChosenOf = 20;

    readonly List<Failure> _failures = [];
    readonly List<AppNode> _nodes = [];
    long _numbers;

    public World(int seed, Mutation mutation, bool hasTrace)
    {
        Mutation = mutation;
        Scheduler = new Scheduler(seed);
        Plan = Plan.Draw(Scheduler);
        Faults = new Faults(Scheduler, Scheduler.Begin + Plan.Trade);
        Trace = new Trace(Scheduler, hasTrace);
        Log = new LogServer(Scheduler) { IsUnfenced = stream => mutation == Mutation.Oversell && stream.Category == "stock" };
        Broker = new Broker(Scheduler, Faults, Trace) { Loses = delivery => mutation == Mutation.LoseAMessage && IsChosen(delivery) };
        Leadership = new LeaderLock(Scheduler, Faults);
        Callbacks = new ProviderCallbacks(Scheduler, Faults);
        for (var n = 1; n <= Plan.Nodes; n++)
        {
            _nodes.Add(new AppNode(this, $"node {n}"));
        }

        Moods = new ProviderMoods(Scheduler, Faults);
        Clerk = new Clerk(this) { IsAway = mutation == Mutation.ForgetTheDeadLetter };
        Customers = new Clients(Scheduler, Faults, Trace, _nodes);
        Callbacks.Receive = (id, body, understood) =>
        {
            if (AnyNode() is { } node)
            {
                node.Take(id, body, understood);
            }
        };
    }

    public Mutation Mutation { get; }

    public Plan Plan { get; }

    public Scheduler Scheduler { get; }

    public Faults Faults { get; }

    public Trace Trace { get; }

    public LogServer Log { get; }

    public Broker Broker { get; }

    public LeaderLock Leadership { get; }

    public CheckpointServer Checkpoints { get; } = new();

    public ProviderBooks Books { get; } = new();

    public ProviderCallbacks Callbacks { get; }

    public CallbackTable CallbacksKept { get; } = new();

    public ProviderMoods Moods { get; }

    public Clients Customers { get; }

    public Clerk Clerk { get; }

    /// <summary>The next number of an order that a process places by itself.</summary>
    public long NextNumber() => Plan.Orders + ++_numbers;

    /// <summary>What went wrong on the way, whatever the log says.</summary>
    public IReadOnlyList<Failure> Failures => _failures;

    /// <summary>Plays it to its end.</summary>
    public void Play()
    {
        _nodes.ForEach(n => n.Start());
        new Warehouse(this).Open();
        new Shoppers(this).Come();
        new SaleGoers(this).Come();
        Scheduler.RunUntil(Scheduler.Begin + Plan.Trade);
        Trace.Note("world", "faults are over");
        Scheduler.RunUntil(Scheduler.Begin + Plan.Trade + SettleWithin);
    }

    /// <summary>What a person does; people do not crash, and what they find out is not theirs to repair.</summary>
    public async void Act(Func<Task> act)
    {
        try
        {
            await act().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Offend("person-failed", e.ToString());
        }
    }

    /// <summary>Notes what no run may show.</summary>
    public void Offend(string code, string detail) => _failures.Add(new Failure(code, detail));

    /// <summary>Whether a defect that spares most messages does not spare this one, however often it comes.</summary>
    public static bool IsChosen(Delivery delivery) => delivery.Id.ToByteArray()[15] % ChosenOf == 0;

    AppNode? AnyNode() => _nodes.FindAll(n => n.IsUp) is { Count: > 0 } up ? up[Scheduler.Random.Next(up.Count)] : null;
}
