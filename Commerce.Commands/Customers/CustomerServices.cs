using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.Relay;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Commerce.Commands.Customers;

/// <summary>Puts what is done for customers into a host, which brings <see cref="IPersonalKeys"/> and <see cref="CustomerDesk"/>.</summary>
public static class CustomerServices
{
    /// <summary>Knowing who is erased, for those who take orders.</summary>
    public static IServiceCollection AddErasedCustomers(this IServiceCollection services)
    {
        services.AddSingleton(s => ActivatorUtilities.CreateInstance<ErasedCustomers>(s, ErasedCustomers.KnownMax));
        return services.AddHostedService(s => s.GetRequiredService<ErasedCustomers>());
    }

    /// <summary>
    /// Finishing of erasures that were cut short. The host brings the log, <see cref="TimeProvider"/> and <see cref="NpgsqlDataSource"/> as well;
    /// <see cref="ILeadership"/> under the key <c>customer-erasures</c> is in PostgreSQL unless the host brought its own before.
    /// </summary>
    public static IServiceCollection AddErasureFollower(this IServiceCollection services)
    {
        services.AddSingleton<ErasedKeys>();
        services.TryAddSingleton<LedHere>();
        services.TryAddKeyedSingleton<ILeadership>(ErasureFollower.Name, (s, _) => new PostgresLeadership(
            s.GetRequiredService<NpgsqlDataSource>(), ErasureFollower.Name, new SagaOptions().LeadershipEvery, s.GetRequiredService<LedHere>(), s.GetRequiredService<TimeProvider>()));
        return services.AddHostedService<ErasureFollower>();
    }
}
