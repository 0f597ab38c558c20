using System.ComponentModel.DataAnnotations;
using Commerce.Domain.Log;
using Commerce.Projections.Analytics;
using Commerce.Projections.Daemon;
using Commerce.Projections.Daemon.Building;
using Commerce.Projections.Documents;
using Commerce.Projections.Queries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Projections;

/// <summary>Registers read models.</summary>
public static class CommerceProjections
{
    /// <summary>
    /// Queries, and waiting for what a command did. Wants an <see cref="IEventLog"/> registered where <see cref="ProjectionStatusReader"/>
    /// is used.
    /// </summary>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    public static IServiceCollection AddCommerceProjections(this IServiceCollection services, ProjectionOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        services.TryAddSingleton(TimeProvider.System);
        var schemas = ReadSchemas.Live(options.DocumentSchema);
        return services
            .AddSingleton(options)
            .AddSingleton(_ => new ReadDatabase(options))
#if NAMED_PACKAGES
            .AddSingleton<IDocumentStore>(s => new MartenDocumentStore(s.GetRequiredService<ReadDatabase>(), ReadDatabase.ConnectionStringOf(options), schemas))
#else
            .AddSingleton<IDocumentStore>(s => new PostgresDocumentStore(s.GetRequiredService<ReadDatabase>(), schemas))
#endif
            .AddSingleton<ProjectionSignals>()
            .AddSingleton(s => new AnalyticsSchema(options.DocumentSchema, s.GetService<ILogger<AnalyticsSchema>>() ?? NullLogger<AnalyticsSchema>.Instance))
            .AddSingleton(s => new CheckpointStore(s.GetRequiredService<ReadDatabase>(), schemas, s.GetRequiredService<AnalyticsSchema>()))
            .AddSingleton(s => All(s.GetRequiredService<ReadDatabase>(), schemas))
            .AddSingleton(s => new ProjectionBuilder(
                s.GetRequiredService<IReadOnlyList<IProjection>>(), s.GetRequiredService<IEventLog>(), s.GetRequiredService<ReadDatabase>(), options, s.GetRequiredService<TimeProvider>()))
            .AddSingleton(s => new ProjectionWaiter(
                s.GetRequiredService<CheckpointStore>(), s.GetRequiredService<ProjectionSignals>(), s.GetRequiredService<TimeProvider>()))
            .AddSingleton(s => new ProjectionLags(
                s.GetRequiredService<IReadOnlyList<IProjection>>(),
                s.GetRequiredService<IEventLog>(),
                s.GetRequiredService<CheckpointStore>(),
                s.GetRequiredService<ProjectionSignals>(),
                s.GetRequiredService<TimeProvider>()))
            .AddSingleton(s => new ProjectionStatusReader(
                s.GetRequiredService<IReadOnlyList<IProjection>>(),
                s.GetRequiredService<IEventLog>(),
                s.GetRequiredService<CheckpointStore>(),
                s.GetRequiredService<ProjectionSignals>(),
                s.GetRequiredService<TimeProvider>()))
            .AddSingleton<CustomerQueries>()
            .AddSingleton<FlashSaleQueries>()
            .AddSingleton<LinkQueries>()
            .AddSingleton<OrderQueries>()
            .AddSingleton<CompensationQueries>()
            .AddSingleton<PaymentQueries>()
            .AddSingleton<ProductQueries>()
            .AddSingleton<ReconciliationQueries>()
            .AddSingleton<StockQueries>()
            .AddSingleton<WebhookQueries>()
            .AddSingleton(s => new AnalyticsQueries(s.GetRequiredService<ReadDatabase>(), options.DocumentSchema));
    }

    /// <summary>The role that keeps read models up. Wants <see cref="AddCommerceProjections"/> and an <see cref="IEventLog"/>.</summary>
    public static IServiceCollection AddCommerceProjectionDaemon(this IServiceCollection services) => services.AddHostedService(s => new ProjectionDaemon(
        [.. s.GetRequiredService<IReadOnlyList<IProjection>>().Where(p => s.GetRequiredService<ProjectionOptions>().KeptUp.Contains(p.Name))],
        s.GetRequiredService<IEventLog>(),
        s.GetRequiredService<IDocumentStore>(),
        s.GetRequiredService<ReadDatabase>(),
        s.GetRequiredService<CheckpointStore>(),
        s.GetRequiredService<AnalyticsSchema>(),
        s.GetRequiredService<ProjectionSignals>(),
        s.GetRequiredService<ProjectionOptions>(),
        s.GetRequiredService<TimeProvider>(),
        s.GetRequiredService<ILogger<ProjectionDaemon>>()));

    /// <summary>Every projection, with its tables in these schemas.</summary>
    internal static IReadOnlyList<IProjection> All(ReadDatabase database, ReadSchemas schemas) =>
    [
        new OrdersProjection(schemas),
        new ProductsProjection(schemas),
        new StockProjection(schemas),
        new SalesLinesProjection(database, schemas),
        new ReconciliationsProjection(schemas),
        new FlashSalesProjection(schemas),
        new CustomersProjection(schemas),
        new WebhooksProjection(schemas),
        new LinksProjection(schemas),
    ];
}
