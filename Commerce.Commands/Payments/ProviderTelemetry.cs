using System.Diagnostics.Metrics;
using Polly.CircuitBreaker;

namespace Commerce.Commands.Payments;

/// <summary>What operators see of one way to a payment provider: figures of the meter <c>Commerce</c>.</summary>
sealed class ProviderTelemetry : IDisposable
{
    readonly Meter _meter = new("Commerce");
    readonly Histogram<double> _duration;
    readonly TimeProvider _time;

    /// <summary>Begins to measure.</summary>
    /// <param name="circuit">State of the breaker.</param>
    /// <param name="time">Clock of durations.</param>
    public ProviderTelemetry(Func<CircuitState> circuit, TimeProvider time)
    {
        _time = time;
        _duration = _meter.CreateHistogram<double>("commerce.payments.provider_call.duration", "s", "Calls of the payment provider with their repeats, by path and outcome.");
        _meter.CreateObservableGauge("commerce.payments.provider_circuit", () => Figure(circuit()), "{state}", "The circuit to the payment provider: 0 closed, 1 half open, 2 open.");
    }

    /// <summary>Measures a call, whatever becomes of it.</summary>
    /// <param name="path">Whereto, without what is different each time.</param>
    /// <param name="call">The call.</param>
    public async Task<T> Measure<T>(string path, Func<Task<T>> call)
    {
        var (began, outcome) = (_time.GetTimestamp(), "cancelled");
        try
        {
            var answer = await call().ConfigureAwait(false);
            outcome = NameOf(answer);
            return answer;
        }
        catch (PaymentProviderUnavailableException)
        {
            outcome = "unavailable";
            throw;
        }
        catch (PaymentProviderFaultException)
        {
            outcome = "fault";
            throw;
        }
        finally
        {
            _duration.Record(_time.GetElapsedTime(began).TotalSeconds, new("path", path), new KeyValuePair<string, object?>("outcome", outcome));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    static int Figure(CircuitState state) => state switch
    {
        CircuitState.Closed => 0,
        CircuitState.HalfOpen => 1,
        _ => 2,
    };

    static string NameOf<T>(T answer) => answer switch
    {
        ProviderAnswer.Approved => "approved",
        ProviderAnswer.Declined => "declined",
        ProviderAnswer.Pending => "pending",
        _ => "told",
    };
}
