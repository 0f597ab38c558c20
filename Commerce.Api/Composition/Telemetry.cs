using System.Globalization;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Commerce.Api.Composition;

/// <summary>
/// Traces, metrics and logs, exported over OTLP only where somebody collects them. The exporter reads its own standard variables
/// (<c>OTEL_EXPORTER_OTLP_*</c>, <c>OTEL_BSP_*</c>, <c>OTEL_METRIC_EXPORT_*</c>); it sends batches from bounded queues in the
/// background and drops what a collector does not take.
/// </summary>
static class Telemetry
{
    /// <summary>The standard variable that names a collector.</summary>
    public const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>Share of traces that are recorded, of those that begin here.</summary>
    public const string SampleRatioKey = "Commerce:Tracing:SampleRatio";

    const string ServiceNameKey = "OTEL_SERVICE_NAME";
    const string TracesKey = "OTEL_TRACES_EXPORTER";
    const string MetricsKey = "OTEL_METRICS_EXPORTER";
    const string LogsKey = "OTEL_LOGS_EXPORTER";

    /// <summary>Our own, and those that the framework and the libraries bring.</summary>
    static readonly string[] Sources = ["Commerce", "Microsoft.AspNetCore", "System.Net.Http", "Npgsql", "MassTransit"];

    static readonly string[] Meters = ["Commerce", "Microsoft.AspNetCore.*", "System.Net.Http", "System.Runtime", "Npgsql"];

    /// <summary>Exports traces and metrics, where a collector is configured; the last batch when the container is disposed.</summary>
    /// <exception cref="CommerceSettingsException">The ratio is none.</exception>
    public static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (!IsOn(configuration))
        {
            return;
        }

        var sampler = new ParentBasedSampler(new CauseSampler(SampleRatio(configuration[SampleRatioKey])));
#if NAMED_PACKAGES
        Export(services.AddOpenTelemetry(), configuration, sampler);
#else
        services.AddHostedService(_ => new Exporting(() => OpenTelemetrySdk.Create(telemetry =>
        {
            telemetry.Services.AddSingleton(configuration);
            Export(telemetry, configuration, sampler);
        })));
#endif
    }

    /// <summary>Exports logs with the ids of the trace that they belong to, where a collector is configured; the last batch when the loggers are disposed.</summary>
    public static void AddLogExport(this ILoggingBuilder logging, IConfiguration configuration)
    {
        if (!IsOn(configuration) || IsOff(configuration[LogsKey]))
        {
            return;
        }

        logging.Services.AddSingleton(configuration);
        logging.AddOpenTelemetry(options =>
        {
            var resource = ResourceBuilder.CreateDefault();
            Name(resource, configuration);
            options.SetResourceBuilder(resource).AddOtlpExporter();
            options.IncludeFormattedMessage = true;
        });
    }

    static void Export(IOpenTelemetryBuilder telemetry, IConfiguration configuration, Sampler sampler)
    {
        telemetry.ConfigureResource(resource => Name(resource, configuration));
        if (!IsOff(configuration[TracesKey]))
        {
            telemetry.WithTracing(tracing => tracing.SetSampler(sampler).AddSource(Sources).AddOtlpExporter());
        }

        if (!IsOff(configuration[MetricsKey]))
        {
            telemetry.WithMetrics(metrics => metrics.AddMeter(Meters).AddOtlpExporter());
        }
    }

    static bool IsOn(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[EndpointKey]);

    // The specification's word for a signal that is not wanted, which the SDK does not read.
    static bool IsOff(string? exporter) => string.Equals(exporter, "none", StringComparison.OrdinalIgnoreCase);

    static void Name(ResourceBuilder resource, IConfiguration configuration) => resource
        .AddService(configuration[ServiceNameKey] ?? "commerce")
        .AddAttributes([new("commerce.roles", configuration[CommerceSettings.RolesKey] ?? "all")]);

    static double SampleRatio(string? text) => string.IsNullOrEmpty(text) ? 1
        : double.TryParse(text, CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1 ? ratio
        : throw new CommerceSettingsException($"{SampleRatioKey} is a number from 0 to 1.");

#if !NAMED_PACKAGES
    // Registered before every other service: it starts first and is disposed last.
    sealed class Exporting(Func<OpenTelemetrySdk> start) : IHostedService, IDisposable
    {
        OpenTelemetrySdk? _sdk;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            _sdk = start();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() => _sdk?.Dispose();
    }
#endif
}
