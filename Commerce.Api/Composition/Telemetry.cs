using OpenTelemetry;
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

    /// <summary>Starts to export, where a collector is configured. Batches are sent in the background; dispose to send the last.</summary>
    /// <exception cref="CommerceSettingsException">The ratio is none.</exception>
    public static TracerProvider? Start(IConfiguration configuration) => string.IsNullOrEmpty(configuration[EndpointVariable])
        ? null
        : Sdk.CreateTracerProviderBuilder()
            .SetResourceBuilder(ResourceBuilder.CreateDefault().AddService("commerce"))
            .SetSampler(new ParentBasedSampler(new TraceIdRatioBasedSampler(SampleRatio(configuration[SampleRatioKey]))))
            .AddSource(Sources)
            .AddOtlpExporter()
            .Build();

    static double SampleRatio(string? text) => string.IsNullOrEmpty(text) ? 1
        : double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var ratio) && ratio is >= 0 and <= 1 ? ratio
        : throw new CommerceSettingsException($"{SampleRatioKey} is a number from 0 to 1.");
}
