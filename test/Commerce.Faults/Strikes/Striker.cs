using Commerce.Commands.Sagas.Deadlines;
using Commerce.Faults.Site;

namespace Commerce.Faults.Strikes;

/// <summary>Does what the plan says, one after another, and mends it each time.</summary>
/// <param name="shop">What is struck.</param>
/// <param name="requestsInFlight">Tells how many requests wait for an answer.</param>
/// <param name="told">Hears of each strike when it is mended.</param>
sealed class Striker(Installation shop, Func<int> requestsInFlight, Action<Struck> told)
{
    readonly List<Struck> _struck = [];

    /// <summary>What happened so far.</summary>
    public IReadOnlyList<Struck> Struck => _struck;

    /// <summary>Strikes until the time is over; what was begun by then is mended.</summary>
    /// <param name="plan">What, when.</param>
    /// <param name="over">Begins nothing more.</param>
    /// <param name="cancellationToken">Ends it at once.</param>
    public async Task Run(IEnumerable<Strike> plan, CancellationToken over, CancellationToken cancellationToken)
    {
        foreach (var strike in plan)
        {
            await Task.Delay(strike.PauseBefore, over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (over.IsCancellationRequested)
            {
                return;
            }

            await Do(strike, cancellationToken);
            _struck[^1].MendedAt = DateTimeOffset.UtcNow;
            told(_struck[^1]);
        }
    }

    Task Do(Strike strike, CancellationToken ct) => strike.Kind switch
    {
        StrikeKind.KillApi => Kill(strike, [OneOf("api", strike)], ct),
        StrikeKind.KillSagas => Kill(strike, [OneOf("sagas", strike)], ct),
        StrikeKind.KillBothSagas => Kill(strike, shop.Of("sagas"), ct),
        StrikeKind.KillRelayLeader => KillLeader(strike, "relay", "relay", ct),
        StrikeKind.KillProjectionsLeader => KillLeader(strike, "projections", "projection:orders", ct),
        StrikeKind.KillDeadlinesLeader => KillLeader(strike, "sagas", DeadlineScanner.Name, ct),
        StrikeKind.KillEveryNode => Kill(strike, shop.Nodes, ct),
        StrikeKind.KillSandbox => Kill(strike, [shop.Sandbox], ct),
        StrikeKind.KillPostgres => Take(strike, "kill -9 PostgreSQL", () => shop.Database.Kill(ct), () => shop.Database.Start(ct), ct),
        StrikeKind.RestartPostgres => Take(strike, "restart PostgreSQL", shop.Database.Stop, () => shop.Database.Start(ct), ct),
        StrikeKind.KillBroker => Take(strike, "kill -9 RabbitMQ", () => shop.Broker.Kill(ct), () => shop.Broker.Start(ct), ct),
        StrikeKind.RestartBroker => Take(strike, "restart RabbitMQ", () => shop.Broker.Stop(ct), () => shop.Broker.Start(ct), ct),
        StrikeKind.FullDisk => Take(
            strike, "PostgreSQL's disk is full", () => FullDisk.Fill(shop.Database.ConnectionString, ct), () => FullDisk.Clear(shop.Database.ConnectionString, ct), ct),
        StrikeKind.FreezeApi => Freeze(strike, OneOf("api", strike), ct),
        StrikeKind.FreezeSagas => Freeze(strike, OneOf("sagas", strike), ct),
        StrikeKind.FreezeRelayLeader => FreezeLeader(strike, "relay", "relay", ct),
        StrikeKind.FreezeProjectionsLeader => FreezeLeader(strike, "projections", "projection:orders", ct),
        _ => throw new ArgumentOutOfRangeException(nameof(strike), strike.Kind, "It is not known how to do this."),
    };

    ServingProcess OneOf(string role, Strike strike) => shop.Of(role)[strike.First ? 0 : 1];

    async Task KillLeader(Strike strike, string role, string what, CancellationToken ct) =>
        await Kill(strike, [await shop.Leader(role, what, ct)], ct, $", which leads {what}");

    async Task FreezeLeader(Strike strike, string role, string what, CancellationToken ct) =>
        await Freeze(strike, await shop.Leader(role, what, ct), ct, $", which leads {what}");

    Task Kill(Strike strike, IReadOnlyList<ServingProcess> processes, CancellationToken ct, string more = "") => Take(
        strike,
        $"kill -9 {string.Join(", ", processes.Select(p => p.Name))}{more}",
        () =>
        {
            foreach (var process in processes)
            {
                process.Kill();
            }

            return Task.WhenAll(processes.Select(p => p.Gone(ct)));
        },
        () => Task.WhenAll(processes.Select(p => p.Start(ct))),
        ct);

    Task Freeze(Strike strike, ServingProcess process, CancellationToken ct, string more = "") =>
        Take(strike, $"{process.Name} hangs{more}", () => process.Freeze(ct), () => process.Thaw(ct), ct);

    async Task Take(Strike strike, string text, Func<Task> away, Func<Task> back, CancellationToken ct)
    {
        _struck.Add(new(strike.Kind, text, DateTimeOffset.UtcNow, requestsInFlight()));
        await away();
        await Task.Delay(strike.Down, ct);
        await back();
    }
}
