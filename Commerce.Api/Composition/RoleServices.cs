using Commerce.Api.Endpoints;
using Commerce.Api.Handling;
using Commerce.Api.Security;
using Commerce.Api.Links;
using Commerce.Api.Webhooks;
using Commerce.Commands.Catalog;
using Commerce.Commands.Customers;
using Commerce.Commands.FlashSales;
using Commerce.Commands.Numbering;
using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Callbacks;
using Commerce.Commands.Payments.Scanning;
using Commerce.Commands.Reconciliation;
using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Commands.Sealing;
using Commerce.Commands.Webhooks;
using Commerce.Projections;
using Commerce.Projections.Auditing;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Commerce.Projections.Timelines;

namespace Commerce.Api.Composition;

/// <summary>Puts the roles of a process into its container.</summary>
static class RoleServices
{
    /// <summary>What the host opened; the host closes it.</summary>
    public static void AddHost(this IServiceCollection services, CommerceHost host)
    {
        services.AddSingleton(host.Settings);
        services.AddSingleton(host.Logs);
        services.AddSingleton(host.Time);
        services.AddSingleton(host.Database);
        services.AddSingleton(host.Log);
        services.AddSingleton(host.LogLocation);
        services.AddSingleton(host.Commands);
        services.AddSingleton(host.PersonalKeys);
        services.AddSingleton(host.Customers);
        services.AddSingleton(host.Keys);
        services.AddSingleton(host.WebhookKeys);
        services.AddSingleton(new DeadLetterDesk(host.Database, host.Commands, host.Time));
    }

    /// <summary>The roles that the settings name.</summary>
    public static void AddRoles(this IServiceCollection services, CommerceHost host, Uri? paymentProvider)
    {
        var roles = host.Settings.Roles;
        services.AddSingleton<Readiness>();
        services.AddCommerceProjections(new ProjectionOptions { ConnectionString = host.ConnectionString });
        if ((roles & (Roles.Api | Roles.Sagas)) != 0)
        {
            AddOrderNumbers(services, host);
        }

        if (roles.HasFlag(Roles.Api))
        {
            AddApi(services, host);
            AddCallbacks(services, host.Settings);
        }

        if (roles.HasFlag(Roles.Projections))
        {
            services.AddCommerceProjectionDaemon();
            services.AddCommerceSealing(host.Settings.Sealing);
        }

        if ((roles & (Roles.Sagas | Roles.Relay)) != 0)
        {
            services.AddCommerceSagas(new SagaOptions
            {
                Bus = host.Settings.Bus,
                RunsRelay = roles.HasFlag(Roles.Relay),
                RunsSagas = roles.HasFlag(Roles.Sagas),
                Policy = host.Settings.Fulfilment,
            });
        }

        if (roles.HasFlag(Roles.Relay))
        {
            services.AddWebhookSending(host.Settings.Webhooks);
        }

        if (roles.HasFlag(Roles.Sagas))
        {
            services.AddHttpPaymentProvider(new HttpPaymentProviderOptions { BaseAddress = paymentProvider, BreakerOpens = host.Settings.BreakerOpens });
            services.AddCommercePaymentScan(new ScanOptions { ScanAfter = host.Settings.AskAfter });
            services.AddCommerceReconciliation(new ReconciliationOptions { Hour = host.Settings.ReconciliationHour });
            services.AddCallbackWorker(new CallbackOptions());
            services.AddErasureFollower();
        }
    }

    static void AddCallbacks(IServiceCollection services, CommerceSettings settings)
    {
        services.AddCallbackInbox();
        services.AddSingleton(settings.Callbacks);
        services.AddSingleton<CallbackDoor>();
    }

    static void AddLinks(IServiceCollection services, CommerceSettings settings)
    {
        services.AddSingleton(settings.Links);
        services.AddSingleton<LinkDirectory>();
        services.AddSingleton<LinkMaking>();
        services.AddSingleton<ClickCounter>();
        services.AddHostedService<ClickWriter>();
    }

    static void AddOrderNumbers(IServiceCollection services, CommerceHost host)
    {
        services.AddSingleton(new WorkerLeases(host.Database));
        services.AddSingleton<OrderNumbers>();
        services.AddHostedService(s => new WorkerLeaseService(
            s.GetRequiredService<WorkerLeases>(), s.GetRequiredService<OrderNumbers>(), host.Time, s.GetRequiredService<ILogger<WorkerLeaseService>>()));
    }

    static void AddApi(IServiceCollection services, CommerceHost host)
    {
        services.AddAccessControl(host.Settings.Access.Tokens);
        services.AddErasedCustomers();
        services.AddSingleton(new ProductCatalogue(host.Log, host.Commands, host.Time));
        services.AddSingleton<OrderPlacement>();
        services.AddSingleton<OrderHandlers>();
        services.AddSingleton<ProductHandlers>();
        services.AddSingleton<StockHandlers>();
        services.AddSingleton(s => new ProjectionDesk(s.GetRequiredService<ProjectionStatusReader>(), host.Commands));
        var shards = new FlashSaleShards(host.Commands, host.Log);
        services.AddSingleton(shards);
        services.AddSingleton(new FlashSaleStocker(host.Commands, shards, host.Settings.Fulfilment, host.Time));
        services.AddSingleton<FlashSaleAnnouncing>();
        services.AddSingleton<FlashSaleClaims>();
        services.AddSingleton<FlashSaleHandlers>();
        services.AddSingleton(s => new FlashSaleLive(
            s.GetRequiredService<FlashSaleQueries>().Get, host.Time, s.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping));
        services.AddSingleton(new WebhookDesk(host.Commands, host.WebhookKeys, host.Settings.Webhooks, host.Database, host.Time));
        AddLinks(services, host.Settings);
        services.AddSingleton(new OrderTimeline(host.Log, host.Settings.Fulfilment.Locations));
        services.AddSingleton(_ => new EventSearch(host.Log));
    }
}
