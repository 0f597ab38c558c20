using Commerce.Commands.Access;

namespace Commerce.Api.Security;

/// <summary>Puts into a host what tells who asks, and lets in who may.</summary>
static class AccessServices
{
    /// <summary>Which keys there are, and who comes with them.</summary>
    public static void AddAccessControl(this IServiceCollection services)
    {
        services.AddSingleton<KnownKeys>();
        services.AddHostedService(s => s.GetRequiredService<KnownKeys>());
        services.AddSingleton<Credentials>();
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
