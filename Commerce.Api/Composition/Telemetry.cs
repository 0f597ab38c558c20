using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Commerce.Api.Composition;

/// <summary>Traces of a request over every hop, exported only where somebody collects them.</summary>
static class Telemetry
{
    /// <summary>The standard variable that names a collector; the exporter reads it and its siblings itself.</summary>
    const string EndpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT";

    const string SampleRatioKey = "Commerce:Tracing:SampleRatio";

    /// <summary>Our own sources, and those that the framework and the libraries bring.</summary>
    static readonly string[] Sources = ["Commerce.*", "Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "MassTransit"];

    /// <summary>Exports what the process does, where a collector is configured. Batches are sent in the background, the last when the container is disposed.</summary>
    /// <exception cref="CommerceSettingsException">The ratio is none.</exception>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration[EndpointVariable]))
        {
            return;
        }

        var sampler = new ParentBasedSampler(new TraceIdRatioBasedSampler(SampleRatio(configuration[SampleRatioKey])));
#if NAMED_PACKAGES
        services.AddOpenTelemetry().ConfigureResource(Name).WithTracing(tracing => Trace(tracing, sampler));
#else
        services.AddHostedService(_ => new Tracing(Trace(OpenTelemetry.Sdk.CreateTracerProviderBuilder().ConfigureResource(Name), sampler)));
#endif
    }

    static void Name(ResourceBuilder resource) => resource.AddService("commerce");

    static TracerProviderBuilder Trace(TracerProviderBuilder tracing, Sampler sampler) => tracing.SetSampler(sampler).AddSource(Sources).AddOtlpExporter();

    static double SampleRatio(string? text) => string.IsNullOrEmpty(text) ? 1
        : double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1 ? ratio
        : throw new CommerceSettingsException($"{SampleRatioKey} is a number from 0 to 1.");

#if !NAMED_PACKAGES
    // Registered before every other service: it starts first and is disposed last.
    sealed class Tracing(TracerProviderBuilder tracing) : IHostedService, IDisposable
    {
        TracerProvider? _provider;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _provider = tracing.Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => _provider?.Dispose();
    }
#endif
}
