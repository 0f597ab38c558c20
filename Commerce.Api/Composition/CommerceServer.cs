using System.Text.Json;
using Commerce.Api.Admission;
using Commerce.Api.Contract;
using Commerce.Api.Endpoints;
using Commerce.Api.Grpc;
using Commerce.Api.Hardening;
using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Api.Links;
using Commerce.Api.Webhooks;
using Microsoft.AspNetCore.Http.Timeouts;

namespace Commerce.Api.Composition;

/// <summary>The web server of a process: the API where it plays that role, and health always.</summary>
static class CommerceServer
{
    /// <summary>Put together, not started.</summary>
    /// <param name="host">Log, database and commands.</param>
    /// <param name="paymentProvider">Where the payment provider is; null where the role sagas is not played.</param>
    public static WebApplication Create(CommerceHost host, Uri? paymentProvider)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(host.Settings.Configuration);
        builder.AddHardening(host.Settings.Http);
        builder.WebHost.UseAddresses(host.Settings).ConfigureKestrel(GrpcLimits.Apply);
        builder.Services.AddTelemetry(host.Settings.Configuration);
        builder.Services.AddHost(host);
        builder.Services.AddRoles(host, paymentProvider);
        builder.Services.AddAdmission(host.Settings.Admission);
        AddHttp(builder.Services);
        if (host.Settings.Roles.HasFlag(Roles.Api))
        {
            builder.Services.AddGrpcServices();
        }

        var app = builder.Build();
        app.UseSpanNames();
        app.UseHardening(host.Settings.Http);
        app.UseMiddleware<ProblemMiddleware>();
        app.UseRequestLimits();
        app.UseOrigins(host.Settings.Http);
        app.UseRequestTimeouts();
        app.UseAccessControl();
        app.UseAdmission();
        app.UseWaitingQueries();
        app.MapHealth();
        if (host.Settings.Roles.HasFlag(Roles.Api))
        {
            MapApi(app);
        }

        return app;
    }

    static void AddHttp(IServiceCollection services)
    {
        services.Configure<HostOptions>(options => options.ShutdownTimeout = HttpLimits.ShutdownTimeMax);
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.ConfigureHttpJsonOptions(options => Use(ApiJson.Default, options.SerializerOptions));
        services.AddRequestTimeouts(options =>
        {
            options.DefaultPolicy = new RequestTimeoutPolicy { Timeout = HttpLimits.RequestTimeMax };
            options.AddPolicy(HttpLimits.ReportTimeout, HttpLimits.ReportTimeMax);
        });
        services.AddOpenApi(ApiDocument.Name, ApiDocument.Configure);
    }

    // The framework makes its own options: they get the rules of ours, and our types only.
    static void Use(ApiJson json, JsonSerializerOptions options)
    {
        options.TypeInfoResolver = json;
        options.AllowDuplicateProperties = json.Options.AllowDuplicateProperties;
        options.DefaultIgnoreCondition = json.Options.DefaultIgnoreCondition;
        options.MaxDepth = json.Options.MaxDepth;
        options.NumberHandling = json.Options.NumberHandling;
        options.PropertyNameCaseInsensitive = json.Options.PropertyNameCaseInsensitive;
        options.RespectNullableAnnotations = json.Options.RespectNullableAnnotations;
        options.RespectRequiredConstructorParameters = json.Options.RespectRequiredConstructorParameters;
        options.UnmappedMemberHandling = json.Options.UnmappedMemberHandling;
    }

    static void MapApi(WebApplication app)
    {
        app.MapKeys();
        app.MapCustomers();
        app.MapProducts();
        app.MapStock();
        app.MapStockQueries();
        app.MapFlashSales();
        app.MapOrders();
        app.MapOrderQueries();
        app.MapCallbacks();
        app.MapAnalytics();
        app.MapAudit();
        app.MapPastStates();
        app.MapEventSearch();
        app.MapDeadLetters();
        app.MapProjections();
        app.MapTimeline();
        app.MapReconciliations();
        app.MapWebhooks();
        app.MapLinks();
        app.MapGrpcServices();
        app.MapOpenApi().ExcludeFromDescription();
        app.MapGet(EventDocument.Path, () => TypedResults.Text(EventDocument.Text, "application/json")).ExcludeFromDescription();
        app.UseWhen(context => context.Request.Path.StartsWithSegments($"/{ApiDocument.Page}"), docs => docs.UseSwaggerUI(page =>
        {
            page.RoutePrefix = ApiDocument.Page;
            page.DocumentTitle = "Commerce";
            page.SwaggerEndpoint(ApiDocument.Path, "Commerce");
        }));
    }
}
