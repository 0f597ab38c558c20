using System.Diagnostics.Metrics;

namespace Commerce.Api.Admission;

/// <summary>What operators see of the gates: figures of the meter <c>Commerce</c>. They are counted when somebody asks.</summary>
sealed class SaleGateTelemetry : IDisposable
{
    readonly Meter _meter = new("Commerce");

    /// <summary>Shows them.</summary>
    /// <param name="gates">Whose they are.</param>
    public SaleGateTelemetry(SaleGates gates)
    {
        _meter.CreateObservableGauge("commerce.sale_gates.waiting", () => gates.Waiting, "{claim}", "Claims that wait to be let in.");
        _meter.CreateObservableGauge("commerce.sale_gates.held", () => gates.Held, "{claim}", "Claims that found no room and are not told yet.");
        _meter.CreateObservableCounter("commerce.sale_gates.refused", () => gates.Refused, "{claim}", "Claims that found no room.");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
