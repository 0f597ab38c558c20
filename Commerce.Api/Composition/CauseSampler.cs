using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Commerce.Api.Composition;

/// <summary>
/// Which traces that begin here are recorded: a share of them by their id, so that every process that sees one decides alike.
/// None begins with a call of ours to a server: without a cause it is housekeeping, such as asking who leads, many times a minute.
/// </summary>
sealed class CauseSampler(double ratio) : Sampler
{
    readonly TraceIdRatioBasedSampler _share = new(ratio);

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind == ActivityKind.Client ? new(SamplingDecision.Drop) : _share.ShouldSample(samplingParameters);
}
