using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Commerce.Domain;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Commerce.Commands.Payments;

/// <summary>The provider over HTTP: each attempt has a time limit, failures are repeated with jitter, and a provider that is down is left alone.</summary>
public sealed class HttpPaymentProvider : IPaymentProvider, IDisposable
{
    /// <summary>Bytes of an answer at most: the largest is a page of the statement.</summary>
    const int AnswerBytesMax = 1_048_576;

    /// <summary>Movements of one page of the statement: some 200 KiB.</summary>
    const int StatementPageMax = 500;

    /// <summary>Pages of a day's statement at most: ten million movements. A provider that pages in a circle is found out.</summary>
    const int StatementPagesMax = 20_000;

    readonly HttpClient _http;
    readonly ResiliencePipeline<HttpResponseMessage> _pipeline;
    readonly ProviderTelemetry _telemetry;
    readonly SemaphoreSlim _room;

    /// <summary>Ready to ask.</summary>
    /// <param name="options">Where and how.</param>
    /// <param name="time">Clock of time limits and pauses.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">An option is missing or out of its range.</exception>
    public HttpPaymentProvider(HttpPaymentProviderOptions options, TimeProvider time)
    {
        options.Validated();
        _http = new HttpClient { BaseAddress = options.BaseAddress, Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = AnswerBytesMax };
        _pipeline = Pipeline(options, time);
        _room = new SemaphoreSlim(options.CallsAtOnceMax, options.CallsAtOnceMax);
        _telemetry = new ProviderTelemetry(() => Circuit.CircuitState, time);
    }

    /// <summary>Whether the circuit lets calls through; null: it is not known yet.</summary>
    public CircuitBreakerStateProvider Circuit { get; } = new();

    /// <inheritdoc/>
    public Task<ProviderAnswer> Authorise(PaymentId payment, OrderId order, Money amount, string? token, CancellationToken cancellationToken) =>
        Ask("v1/authorisations", payment.ToString(), new ProviderRequest(payment.ToString(), order.ToString(), amount, token), cancellationToken);

    /// <inheritdoc/>
    public Task<ProviderAnswer> Capture(PaymentId payment, Guid capture, Money amount, CancellationToken cancellationToken) =>
        Ask("v1/captures", $"{payment}/capture/{capture}", new ProviderRequest(payment.ToString(), null, amount, null, capture), cancellationToken);

    /// <inheritdoc/>
    public Task<ProviderAnswer> Void(PaymentId payment, CancellationToken cancellationToken) =>
        Ask("v1/voids", $"{payment}/void", new ProviderRequest(payment.ToString(), null, null, null), cancellationToken);

    /// <inheritdoc/>
    public Task<ProviderAnswer> Refund(PaymentId payment, Guid refund, Money amount, CancellationToken cancellationToken) =>
        Ask("v1/refunds", $"{payment}/refund/{refund}", new ProviderRequest(payment.ToString(), null, amount, null, refund), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<PaymentNews>> Find(PaymentId payment, CancellationToken cancellationToken) => InRoom("v1/payments", () => Exchange(
        $"v1/payments/{payment}", Get, async (path, response, ct) => response.StatusCode == HttpStatusCode.NotFound
            ? []
            : News((await Body(path, response, ProviderJson.Default.ProviderPayment, ct).ConfigureAwait(false)).Entries), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<PaymentNews> Statement(DateOnly date, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var first = string.Create(CultureInfo.InvariantCulture, $"v1/statement?date={date:yyyy-MM-dd}&limit={StatementPageMax}");
        var path = first;
        for (var pages = 1; ; pages++)
        {
            var page = await Page(path, cancellationToken).ConfigureAwait(false);
            foreach (var news in News(page.Entries))
            {
                yield return news;
            }

            if (page.Next is not { } next)
            {
                yield break;
            }

            path = pages < StatementPagesMax
                ? $"{first}&after={Uri.EscapeDataString(next)}"
                : throw new PaymentProviderFaultException($"The payment provider's statement of {date:yyyy-MM-dd} does not end after {StatementPagesMax} pages.");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _telemetry.Dispose();
        _http.Dispose();
    }

    Task<ProviderAnswer> Ask(string path, string key, ProviderRequest request, CancellationToken cancellationToken) =>
        InRoom(path, () => Exchange(path, (p, ct) => Send(p, key, request, ct), Read, cancellationToken), cancellationToken);

    Task<ProviderStatement> Page(string path, CancellationToken cancellationToken) => InRoom(
        "v1/statement", () => Exchange(path, Get, (p, response, ct) => Body(p, response, ProviderJson.Default.ProviderStatement, ct), cancellationToken), cancellationToken);

    async Task<T> InRoom<T>(string call, Func<Task<T>> exchange, CancellationToken cancellationToken)
    {
        await _room.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await _telemetry.Measure(call, exchange).ConfigureAwait(false);
        }
        finally
        {
            _room.Release();
        }
    }

    async Task<T> Exchange<T>(
        string path, Func<string, CancellationToken, Task<HttpResponseMessage>> send, Func<string, HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _pipeline.ExecuteAsync(async ct => await send(path, ct).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            return IsTransient(response.StatusCode)
                ? throw new PaymentProviderUnavailableException($"The payment provider answers {(int)response.StatusCode} to {path}.")
                : await read(path, response, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutRejectedException or BrokenCircuitException)
        {
            throw new PaymentProviderUnavailableException($"The payment provider does not answer: {e.Message}", e);
        }
    }

    async Task<HttpResponseMessage> Send(string path, string key, ProviderRequest request, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(request, ProviderJson.Default.ProviderRequest) };
        message.Headers.Add("Idempotency-Key", $"\"{key}\"");
        return await _http.SendAsync(message, HttpCompletionOption.ResponseContentRead, cancellationToken).ConfigureAwait(false);
    }

    Task<HttpResponseMessage> Get(string path, CancellationToken cancellationToken) =>
        _http.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseContentRead, cancellationToken);

    static async Task<ProviderAnswer> Read(string path, HttpResponseMessage response, CancellationToken cancellationToken) =>
        await Body(path, response, ProviderJson.Default.ProviderResponse, cancellationToken).ConfigureAwait(false) switch
        {
            { Status: "approved", Reference: { } reference } => new ProviderAnswer.Approved(reference),
            { Status: "declined", Code: { } code } => new ProviderAnswer.Declined(code),
            { Status: "pending" } => new ProviderAnswer.Pending(),
            _ => throw new PaymentProviderFaultException($"The payment provider's answer to {path} says neither approved nor declined nor pending."),
        };

    static IReadOnlyList<PaymentNews> News(IReadOnlyList<ProviderEntry> entries) => [.. entries.Select(e => e.ToNews())];

    static async Task<T> Body<T>(string path, HttpResponseMessage response, JsonTypeInfo<T> json, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw new PaymentProviderFaultException($"The payment provider refuses {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false)}");
        }

        try
        {
            return await response.Content.ReadFromJsonAsync(json, cancellationToken).ConfigureAwait(false)
                ?? throw new PaymentProviderFaultException($"The payment provider's answer to {path} is empty.");
        }
        catch (JsonException e)
        {
            throw new PaymentProviderFaultException($"The payment provider's answer to {path} is no JSON that we know.", e);
        }
    }

    ResiliencePipeline<HttpResponseMessage> Pipeline(HttpPaymentProviderOptions options, TimeProvider time)
    {
        var failures = new PredicateBuilder<HttpResponseMessage>()
            .Handle<HttpRequestException>()
            .Handle<TimeoutRejectedException>()
            .HandleResult(r => IsTransient(r.StatusCode));
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time };
        if (options.RetriesMax > 0)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                MaxRetryAttempts = options.RetriesMax,
                Delay = options.RetryPause,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                ShouldHandle = failures,
                OnRetry = static retry =>
                {
                    retry.Outcome.Result?.Dispose();
                    return default;
                },
            });
        }

        return builder
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                FailureRatio = options.BreakerFailureRatio,
                MinimumThroughput = options.BreakerCallsMin,
                SamplingDuration = options.BreakerSampling,
                BreakDuration = options.BreakerOpens,
                StateProvider = Circuit,
                ShouldHandle = failures,
            })
            .AddTimeout(options.AttemptTimeout)
            .Build();
    }

    static bool IsTransient(HttpStatusCode status) => (int)status >= 500 || status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;
}

/// <summary>What the provider is asked.</summary>
/// <param name="Payment">Our id of the payment.</param>
/// <param name="Order">Our id of the order; with authorisations.</param>
/// <param name="Amount">With all but voids.</param>
/// <param name="Token">What the customer pays with; with authorisations.</param>
/// <param name="Id">Our id of the capture or refund.</param>
public sealed record ProviderRequest(string Payment, string? Order, Money? Amount, string? Token, Guid? Id = null);

/// <summary>What it answers.</summary>
/// <param name="Status"><c>approved</c>, <c>declined</c> or <c>pending</c>.</param>
/// <param name="Reference">The provider's own id, when approved.</param>
/// <param name="Code">Why, when declined.</param>
public sealed record ProviderResponse(string Status, string? Reference, string? Code);

/// <summary>JSON of the provider's API, on both sides of the sandbox.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ProviderPayment))]
[JsonSerializable(typeof(ProviderRequest))]
[JsonSerializable(typeof(ProviderResponse))]
[JsonSerializable(typeof(ProviderStatement))]
[JsonSerializable(typeof(Callbacks.ProviderCallback))]
public sealed partial class ProviderJson : JsonSerializerContext;
