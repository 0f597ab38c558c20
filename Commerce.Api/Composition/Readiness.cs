using System.Globalization;
using Commerce.Api.Endpoints;
using Commerce.Commands.EventLog;
using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Commands.Numbering;
using Commerce.Commands.Payments;
using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Commands.Sagas.Relay;
using Commerce.Commands.Webhooks;
using Commerce.Domain.Log;
using Commerce.Projections.Daemon;
using Commerce.Projections.Documents;
using Commerce.Projections.Queries;
using Npgsql;
using Polly.CircuitBreaker;

namespace Commerce.Api.Composition;

/// <summary>Asks everything that this process leans on how it is.</summary>
sealed class Readiness(
    IEventLog log,
    EventLogLocation logLocation,
    ProjectionStatusReader projections,
    ProjectionSignals signals,
    CompensationQueries compensations,
    DeadLetterDesk letters,
    CommerceSettings settings,
    TimeProvider time,
    IServiceProvider services)
{
    /// <summary>What a report says when requests can be answered.</summary>
    public const string Ready = "ready";

    const string NotReady = "notReady";

    /// <summary>Later than this is as bad as no answer: whoever asks for health asks every few seconds.</summary>
    static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(2);

    /// <summary>A read model that is further behind is stale for a person who looks at it.</summary>
    static readonly TimeSpan LagMax = TimeSpan.FromSeconds(10);

    /// <summary>What is undone takes seconds, with all its retries less than a minute: what takes longer waits for the provider, or for a person.</summary>
    static readonly TimeSpan CompensationMax = TimeSpan.FromMinutes(5);

    readonly SharedLook<HealthReport> _looks = new();

    /// <summary>How all of it is now. Anybody may ask, as often as they like: all who do at once cost two looks.</summary>
    public Task<HealthReport> Check(CancellationToken cancellationToken) => _looks.Ask(Look, cancellationToken);

    async Task<HealthReport> Look()
    {
        var checks = await Task.WhenAll(
            Guarded(new("log", HealthCheck.Down, Engine: logLocation.Engine), CheckLog),
            Guarded(new("readDatabase", HealthCheck.Down), CheckReadModels),
            Guarded(new("compensations", HealthCheck.Degraded), CheckCompensations),
            Guarded(new("deadLetters", HealthCheck.Degraded), CheckDeadLetters),
            Guarded(new("webhooks", HealthCheck.Degraded), CheckWebhooks)).ConfigureAwait(false);
        var all = checks.SelectMany(c => c).Concat(OfThisRole()).ToList();
        return new(all.Exists(c => c.Status == HealthCheck.Down) ? NotReady : Ready, [.. all], [.. Led()]);
    }

    IEnumerable<string> Led() =>
        [.. services.GetService<LedHere>()?.Names ?? [], .. signals.LedHere.Select(NameOf)];

    async Task<IReadOnlyList<HealthCheck>> CheckLog(CancellationToken cancellationToken) =>
        [new("log", HealthCheck.Up, Engine: logLocation.Engine, Position: (await log.Head(cancellationToken).ConfigureAwait(false)).ToString())];

    async Task<IReadOnlyList<HealthCheck>> CheckReadModels(CancellationToken cancellationToken) =>
        [new("readDatabase", HealthCheck.Up), .. (await projections.Read(cancellationToken).ConfigureAwait(false)).Select(Of)];

    async Task<IReadOnlyList<HealthCheck>> CheckCompensations(CancellationToken cancellationToken)
    {
        var (orders, since) = await compensations.Read(cancellationToken).ConfigureAwait(false);
        return [new("compensations", time.GetUtcNow() - since > CompensationMax ? HealthCheck.Degraded : HealthCheck.Up, Orders: orders, Since: since)];
    }

    // A letter keeps its order waiting until somebody decides; every other order goes on.
    async Task<IReadOnlyList<HealthCheck>> CheckDeadLetters(CancellationToken cancellationToken) =>
        await letters.Figures(cancellationToken).ConfigureAwait(false) is { Open: > 0 } held
            ? [new("deadLetters", HealthCheck.Degraded, string.Create(CultureInfo.InvariantCulture, $"{held.Open} messages could not be handled, {held.Waiting} wait behind them."))]
            : [new("deadLetters", HealthCheck.Up)];

    // A receiver that fails is its own trouble: nobody else waits for it.
    async Task<IReadOnlyList<HealthCheck>> CheckWebhooks(CancellationToken cancellationToken) =>
        services.GetService<WebhookDesk>() is not { } webhooks ? []
        : await webhooks.Figures(cancellationToken).ConfigureAwait(false) is { Failing: > 0 } figures
            ? [new("webhooks", HealthCheck.Degraded, string.Create(CultureInfo.InvariantCulture, $"{figures.Failing} deliveries to {figures.Subscriptions} subscriptions fail and are tried again."))]
            : [new("webhooks", HealthCheck.Up)];

    // Each role brings its own; a process has those of the roles that it plays.
    IEnumerable<HealthCheck> OfThisRole()
    {
        if (services.GetService<OrderNumbers>() is { } numbers)
        {
            yield return new("orderNumbers", numbers.IsReady ? HealthCheck.Up : HealthCheck.Down);
        }

        if ((settings.Roles & (Roles.Api | Roles.Relay)) != 0)
        {
            yield return OfMasterKey(settings);
        }

        // Without bus or provider orders are accepted all the same, and wait.
        if (services.GetService<BusHealth>() is { } bus)
        {
            yield return new("bus", bus.IsUp ? HealthCheck.Up : HealthCheck.Degraded);
        }

        if (services.GetService<HttpPaymentProvider>() is { } provider)
        {
            yield return OfCircuit(provider.Circuit.CircuitState);
        }
    }

    // The embedded default makes its own. Whoever needs none can do without.
    static HealthCheck OfMasterKey(CommerceSettings settings) => settings.Postgres is null || settings.PersonalData.Masters is not null
        ? new("masterKey", HealthCheck.Up)
        : new("masterKey", HealthCheck.Degraded, $"None is configured ({PersonalDataSettings.MasterKeyKey}): customers' personal data and webhooks' secrets can be neither taken nor read.");

    static HealthCheck OfCircuit(CircuitState state) =>
        new("paymentProvider", state == CircuitState.Closed ? HealthCheck.Up : HealthCheck.Degraded, $"circuit {Words.Of(state)}");

    static HealthCheck Of(ProjectionStatus projection) => new(
        NameOf(projection.Name),
        projection.State == ProjectionState.Running && projection.Lag <= LagMax ? HealthCheck.Up : HealthCheck.Degraded,
        DetailOf(projection),
        Position: projection.Position.ToString(),
        LagEvents: projection.LagEvents,
        LagMs: (long)projection.Lag.TotalMilliseconds);

    // What the event holds is for those who may see it: /ops/projections says why it cannot be applied.
    static string? DetailOf(ProjectionStatus projection) => projection switch
    {
        { State: ProjectionState.Running } => null,
        { StoppedAt: { } position } => $"{Words.Of(projection.State)} at {projection.StoppedBy}, position {position}",
        _ => Words.Of(projection.State),
    };

    static string NameOf(string projection) => $"projection:{projection}";

    // What is down says so in one sentence; its own message may name hosts, and this address asks nobody who they are.
    static async Task<IReadOnlyList<HealthCheck>> Guarded(HealthCheck down, Func<CancellationToken, Task<IReadOnlyList<HealthCheck>>> check)
    {
        using var limit = new CancellationTokenSource(AnswerMax);
        try
        {
            return await check(limit.Token).ConfigureAwait(false);
        }
        catch (EventStoreDbRefusedException)
        {
            return [down with { Detail = "It refuses the credentials or a right that is needed; the process's log says which." }];
        }
        catch (ReadModelUnavailableException e) when (e.IsNotBuilt)
        {
            return [down with { Detail = "It is not built yet: no process with the role projections has run on this database." }];
        }
        catch (Exception e) when (e is ReadModelUnavailableException or EventLogException or NpgsqlException or OperationCanceledException)
        {
            return [down with { Detail = "It does not answer." }];
        }
    }
}
