namespace Commerce.Api.Composition;

/// <summary>The web server of a process: the API where it plays that role, and health always.</summary>
static class CommerceServer
{
    /// <summary>Put together, not started.</summary>
    public static WebApplication Create(CommerceSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(settings.Configuration);
        builder.WebHost.UseUrls(settings.Urls);
        builder.Services.AddSingleton(settings);

        var app = builder.Build();
        app.MapGet("/health/live", () => TypedResults.Ok());
        return app;
    }
}
