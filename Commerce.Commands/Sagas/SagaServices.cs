using Commerce.Commands.FlashSales;
using Commerce.Commands.Handling;
using Commerce.Commands.Numbering;
using Commerce.Commands.Payments;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Commands.Sagas.Deadlines;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Commands.Sagas;

/// <summary>Puts sagas and relay into a host.</summary>
public static class SagaServices
{
    const string RelayName = "relay";

    /// <summary>
    /// Adds what fulfils orders: the roles <c>sagas</c> and <c>relay</c> as the options say. The host brings <see cref="IEventLog"/>,
    /// <see cref="TimeProvider"/>, <see cref="NpgsqlDataSource"/> and, for sagas, <see cref="CommandProcessor"/>,
    /// <see cref="OrderNumbers"/> and <see cref="IPaymentProvider"/>; <see cref="IRelayCheckpoints"/>, <see cref="IDeadlineTable"/>,
    /// <see cref="IOpenSaleTable"/> and <see cref="ILeadership"/>, of the relay and under the keys <c>deadlines</c> and <c>flash-sales</c>, are in PostgreSQL unless it brought its own before.
    /// </summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is missing or out of its range.</exception>
    public static IServiceCollection AddCommerceSagas(this IServiceCollection services, SagaOptions options)
    {
        services.AddLogging(logging => logging.AddFilter("MassTransit", LogLevel.Warning));
        services.AddSingleton(options.Validated());
        services.TryAddSingleton<IRelayCheckpoints>(s => new PostgresRelayCheckpoints(s.GetRequiredService<NpgsqlDataSource>(), RelayName));
        services.TryAddSingleton<ILeadership>(s => new PostgresLeadership(s.GetRequiredService<NpgsqlDataSource>(), RelayName, options.LeadershipEvery, s.GetRequiredService<LedHere>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<LedHere>();
        services.AddSingleton<Consumption>();
        services.AddSingleton<CommerceBus>();
        services.AddSingleton<IFactSender>(s => s.GetRequiredService<CommerceBus>());
        services.AddSingleton(s => new BusHealth(s.GetRequiredService<CommerceBus>()));
        if (options.RunsSagas)
        {
            services.AddSingleton(new FulfilmentProcess(options.Policy));
            services.AddSingleton<FulfilmentStore>();
            // Not as a service of its own: the container would end the host's processor with itself.
            services.AddSingleton(s => new FulfilmentCommands(s.GetRequiredService<CommandProcessor>(), s.GetRequiredService<TimeProvider>()));
            services.AddSingleton<FulfilmentRunner>();
            services.AddSingleton<OrderFulfilment>();
            services.AddSingleton(s => new DeadLetterTable(s.GetRequiredService<NpgsqlDataSource>()));
            services.TryAddSingleton(s => new DeadLetterDesk(s.GetRequiredService<NpgsqlDataSource>(), s.GetRequiredService<CommandProcessor>(), s.GetRequiredService<TimeProvider>()));
            services.AddSingleton<FactHandler>();
            services.AddHostedService<DeadLetterReleaser>();
            services.AddSingleton<DeadlineWaker>();
            services.TryAddSingleton<IDeadlineTable>(s => new PostgresDeadlineTable(s.GetRequiredService<NpgsqlDataSource>()));
            services.TryAddKeyedSingleton<ILeadership>(DeadlineScanner.Name, (s, _) => new PostgresLeadership(
                s.GetRequiredService<NpgsqlDataSource>(), DeadlineScanner.Name, options.LeadershipEvery, s.GetRequiredService<LedHere>(), s.GetRequiredService<TimeProvider>()));
            services.AddHostedService<DeadlineScanner>();
            AddFlashSales(services, options);
            services.AddSingleton(s => new PaymentNewsRecorder(s.GetRequiredService<CommandProcessor>(), s.GetRequiredService<TimeProvider>()));
            services.AddSingleton(s => new PaymentExecutor(s.GetRequiredService<IPaymentProvider>(), s.GetRequiredService<CommandProcessor>(), s.GetRequiredService<PaymentNewsRecorder>()));
        }

        if (options.RunsSagas || options.RunsRelay)
        {
            services.AddHostedService(s => s.GetRequiredService<CommerceBus>());
        }

        if (options.RunsRelay)
        {
            services.AddHostedService<EventRelay>();
        }

        return services;
    }

    static void AddFlashSales(IServiceCollection services, SagaOptions options)
    {
        services.TryAddSingleton(s => new FlashSaleShards(s.GetRequiredService<CommandProcessor>(), s.GetRequiredService<IEventLog>()));
        services.AddSingleton(s => new FlashSaleDesk(
            s.GetRequiredService<CommandProcessor>(),
            new FlashSaleStocker(s.GetRequiredService<CommandProcessor>(), s.GetRequiredService<FlashSaleShards>(), options.Policy, s.GetRequiredService<TimeProvider>()),
            s.GetRequiredService<FlashSaleShards>(),
            s.GetRequiredService<IEventLog>(),
            s.GetRequiredService<OrderNumbers>().Next,
            s.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<IOpenSaleTable>(s => new PostgresOpenSaleTable(s.GetRequiredService<NpgsqlDataSource>()));
        services.TryAddKeyedSingleton<ILeadership>(FlashSaleClock.Name, (s, _) => new PostgresLeadership(
            s.GetRequiredService<NpgsqlDataSource>(), FlashSaleClock.Name, options.LeadershipEvery, s.GetRequiredService<LedHere>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new FlashSaleTicker(s.GetRequiredService<CommandProcessor>(), s.GetRequiredService<TimeProvider>()));
        services.AddHostedService<FlashSaleClock>();
    }

    /// <summary>Adds the payment provider over HTTP.</summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is missing or out of its range.</exception>
    public static IServiceCollection AddHttpPaymentProvider(this IServiceCollection services, HttpPaymentProviderOptions options)
    {
        options.Validated();
        services.AddSingleton(s => new HttpPaymentProvider(options, s.GetRequiredService<TimeProvider>()));
        return services.AddSingleton<IPaymentProvider>(s => s.GetRequiredService<HttpPaymentProvider>());
    }
}
