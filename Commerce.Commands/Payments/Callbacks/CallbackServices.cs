using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Commerce.Commands.Payments.Callbacks;

/// <summary>Puts callbacks into a host.</summary>
public static class CallbackServices
{
    /// <summary>Adds where they are kept; the host brings <see cref="NpgsqlDataSource"/>, or an inbox of its own before.</summary>
    public static IServiceCollection AddCallbackInbox(this IServiceCollection services)
    {
        services.TryAddSingleton<ICallbackInbox>(s => new PostgresCallbackInbox(s.GetRequiredService<NpgsqlDataSource>()));
        return services;
    }

    /// <summary>
    /// Adds what applies them, beside the sagas' own services; <see cref="ILeadership"/> under the key <c>callbacks</c> is in
    /// PostgreSQL unless the host brought its own before.
    /// </summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    public static IServiceCollection AddCallbackWorker(this IServiceCollection services, CallbackOptions options)
    {
        services.AddCallbackInbox();
        services.AddSingleton(options.Validated());
        services.TryAddKeyedSingleton<ILeadership>(CallbackWorker.Name, (s, _) => new PostgresLeadership(
            s.GetRequiredService<NpgsqlDataSource>(), CallbackWorker.Name, options.LeadershipEvery, s.GetRequiredService<LedHere>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new CallbackApplier(s.GetRequiredService<PaymentNewsRecorder>(), s.GetRequiredService<IEventLog>(), options, s.GetRequiredService<TimeProvider>()));
        return services.AddHostedService<CallbackWorker>();
    }
}
