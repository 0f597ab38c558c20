using Commerce.Commands.Handling;
using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Scanning;
using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Commerce.Commands.Reconciliation;

/// <summary>Puts what agrees with the payment provider into a host.</summary>
public static class ReconciliationServices
{
    /// <summary>
    /// Adds the scan of movements without an answer. Wants what <see cref="SagaServices.AddCommerceSagas"/> adds for sagas;
    /// <see cref="IOpenMovementTable"/> and <see cref="ILeadership"/> under the key <c>payment-scan</c> are in PostgreSQL unless the
    /// host brought its own before.
    /// </summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    public static IServiceCollection AddCommercePaymentScan(this IServiceCollection services, ScanOptions options)
    {
        services.AddSingleton(options.Validated());
        services.AddSingleton(s => new PaymentAsker(
            s.GetRequiredService<IPaymentProvider>(), s.GetRequiredService<IEventLog>(), s.GetRequiredService<CommandProcessor>(), s.GetRequiredService<PaymentNewsRecorder>(), s.GetRequiredService<PaymentExecutor>()));
        services.TryAddSingleton<IOpenMovementTable>(s => new PostgresOpenMovementTable(s.GetRequiredService<NpgsqlDataSource>(), options.ScanAfter));
        services.TryAddLeadership(PaymentScanner.Name);
        return services.AddHostedService<PaymentScanner>();
    }

    /// <summary>
    /// Adds the daily reconciliation. Wants what <see cref="SagaServices.AddCommerceSagas"/> wants for sagas; <see cref="ILeadership"/>
    /// under the key <c>reconciliation</c> is in PostgreSQL unless the host brought its own before.
    /// </summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    public static IServiceCollection AddCommerceReconciliation(this IServiceCollection services, ReconciliationOptions options)
    {
        services.AddSingleton(options.Validated());
        services.AddSingleton(s => new Reconciler(
            s.GetRequiredService<IEventLog>(), s.GetRequiredService<CommandProcessor>(), s.GetRequiredService<IPaymentProvider>(), options, s.GetRequiredService<TimeProvider>()));
        services.TryAddLeadership(DailyReconciliation.Name);
        return services.AddHostedService<DailyReconciliation>();
    }

    static void TryAddLeadership(this IServiceCollection services, string name) => services.TryAddKeyedSingleton<ILeadership>(name, (s, _) => new PostgresLeadership(
        s.GetRequiredService<NpgsqlDataSource>(), name, s.GetRequiredService<SagaOptions>().LeadershipEvery, s.GetRequiredService<LedHere>(), s.GetRequiredService<TimeProvider>()));
}
