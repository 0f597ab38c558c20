using Commerce.Api.Admission;
using Commerce.Commands.Access;

namespace Commerce.Api.Security;

/// <summary>Puts into a host what tells who asks, and lets in who may.</summary>
static class AccessServices
{
    /// <summary>Which keys there are and which tokens are taken, and who comes with them.</summary>
    /// <param name="services">The container.</param>
    /// <param name="tokens">Whose tokens are taken; null: nobody's.</param>
    public static void AddAccessControl(this IServiceCollection services, TokenOptions? tokens)
    {
        if (tokens is not null)
        {
            services.AddSingleton(tokens);
            services.AddSingleton<IssuerKeys>();
            services.AddHostedService(s => s.GetRequiredService<IssuerKeys>());
            services.AddSingleton<Tokens>();
        }

        services.AddSingleton<KnownKeys>();
        services.AddHostedService(s => s.GetRequiredService<KnownKeys>());
        services.AddSingleton(s => new Credentials(s.GetRequiredService<KnownKeys>(), s.GetRequiredService<RefusalQuota>(), s.GetService<Tokens>()));
    }

    /// <summary>Shuts every address to those who may not come there. A process that does not serve the API has none but those that are open to everybody.</summary>
    public static void UseAccessControl(this WebApplication app)
    {
        if (app.Services.GetService<Credentials>() is { } credentials)
        {
            app.UseMiddleware<AccessControl>(credentials);
        }
    }
}
