using Commerce.Commands.Sagas;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Commerce.Domain.Seals;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Commerce.Commands.Sealing;

/// <summary>Puts the sealing of the log into a host.</summary>
public static class SealingServices
{
    /// <summary>
    /// Adds it. The host brings <see cref="IEventLog"/>, <see cref="TimeProvider"/> and <see cref="NpgsqlDataSource"/>;
    /// <see cref="ILeadership"/> under the key <c>seals</c> is in PostgreSQL unless the host brought its own before.
    /// </summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    /// <exception cref="SealKeyException">The key is none.</exception>
    /// <exception cref="IOException">Its file cannot be read.</exception>
    public static IServiceCollection AddCommerceSealing(this IServiceCollection services, SealingOptions options)
    {
        services.AddSingleton(options.Validated());
        var key = options.KeyFile is { } file ? SealKey.Read(File.ReadAllText(file)) : null;
        if (key is not null)
        {
            services.AddSingleton(_ => key);
        }

        services.TryAddSingleton<LedHere>();
        services.AddSingleton(s => new Sealer(s.GetRequiredService<IEventLog>(), s.GetService<SealKey>(), s.GetRequiredService<TimeProvider>()));
        services.TryAddKeyedSingleton<ILeadership>(SealingWorker.Name, (s, _) => new PostgresLeadership(
            s.GetRequiredService<NpgsqlDataSource>(), SealingWorker.Name, new SagaOptions().LeadershipEvery, s.GetRequiredService<LedHere>(), s.GetRequiredService<TimeProvider>()));
        return services.AddHostedService<SealingWorker>();
    }
}
