using Commerce.Commands.Handling;
using Commerce.Commands.Sagas.Relay;
using Commerce.Domain.Log;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Commands.Webhooks;

/// <summary>Puts webhooks into a host, which brings <see cref="IEventLog"/>, <see cref="ICommandProcessor"/>, <see cref="TimeProvider"/>, <see cref="NpgsqlDataSource"/> and <see cref="WebhookKeys"/>.</summary>
public static class WebhookServices
{
    /// <summary>Adds what sends; <see cref="ILeadership"/> under the key <c>webhooks</c> is in PostgreSQL unless the host brought its own before.</summary>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is out of its range.</exception>
    public static IServiceCollection AddWebhookSending(this IServiceCollection services, WebhookOptions options)
    {
        options.Validated();
        services.TryAddSingleton<LedHere>();
        services.TryAddKeyedSingleton<ILeadership>(WebhookTable.Name, (s, _) => new PostgresLeadership(
            s.GetRequiredService<NpgsqlDataSource>(), WebhookTable.Name, options.LeadershipEvery, s.GetRequiredService<LedHere>(), s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new WebhookSender(new WebhookAddresses(options.AllowedNetworks), options.AnswerTimeMax, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new WebhookParts(
            s.GetRequiredService<IEventLog>(), new(s.GetRequiredService<NpgsqlDataSource>()), s.GetRequiredService<WebhookKeys>(), s.GetRequiredService<WebhookSender>(),
            s.GetRequiredService<CommandProcessor>(), new(s.GetRequiredService<IEventLog>()), options, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<WebhookWorker>>()));
        return services.AddHostedService<WebhookWorker>();
    }
}
