using System.Globalization;
using System.Text.Json;
using Commerce.Api.Webhooks;
using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Callbacks;
using Commerce.Commands.Webhooks;
using Commerce.Domain;

namespace Commerce.Api.Sandbox;

/// <summary>Tells the merchant what became of calls, signed as Standard Webhooks has it, again and again until it is answered 2xx, within bounds.</summary>
sealed class SandboxCallbacks(Uri address, WebhookSecret secret, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Callbacks that are on their way or wait to be sent again; more are lost.</summary>
    const int OnTheirWayMax = 10_000;

    /// <summary>Callbacks that are sent at once.</summary>
    const int SentAtOnceMax = 16;

    /// <summary>Times that one is sent until it is given up.</summary>
    const int TriesMax = 10;

    /// <summary>Pause before the first repeat; doubled each time, so that the last is some two minutes after the one before.</summary>
    static readonly TimeSpan PauseMin = TimeSpan.FromMilliseconds(250);

    static readonly TimeSpan AnswerTimeMax = TimeSpan.FromSeconds(15);

    readonly HttpClient _http = new() { Timeout = AnswerTimeMax };
    readonly SemaphoreSlim _sending = new(SentAtOnceMax, SentAtOnceMax);
    readonly CancellationTokenSource _closing = new();
    readonly Lock _lock = new();
    readonly HashSet<Task> _onTheirWay = [];

    /// <summary>Tells of an entry after a while; ends when that is answered 2xx or given up.</summary>
    public Task Tell(SandboxEntry entry, TimeSpan after)
    {
        lock (_lock)
        {
            _onTheirWay.RemoveWhere(t => t.IsCompleted);
            if (_onTheirWay.Count >= OnTheirWayMax)
            {
                return Task.CompletedTask;
            }

            var telling = Send(entry, after);
            _onTheirWay.Add(telling);
            return telling;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync().ConfigureAwait(false);
        Task[] rest;
        lock (_lock)
        {
            rest = [.. _onTheirWay];
        }

        await Task.WhenAll(rest).ConfigureAwait(false);
        _http.Dispose();
        _sending.Dispose();
        _closing.Dispose();
    }

    async Task Send(SandboxEntry entry, TimeSpan after)
    {
        var (id, body) = ($"msg_{Uuid.FromName(Guid.Empty, $"callback/{entry.Key}"):N}", BodyOf(entry));
        var pause = after;
        try
        {
            for (var attempt = 1; attempt <= TriesMax; attempt++)
            {
                await Task.Delay(pause, time, _closing.Token).ConfigureAwait(false);
                if (await IsTaken(id, body).ConfigureAwait(false))
                {
                    return;
                }

                pause = PauseMin * (1 << (attempt - 1));
            }
        }
        catch (OperationCanceledException) when (_closing.IsCancellationRequested)
        {
            // Not told: whoever waits for it asks.
        }
    }

    static byte[] BodyOf(SandboxEntry entry) => JsonSerializer.SerializeToUtf8Bytes(
        new ProviderCallback(
            $"payment.{entry.Kind.ToString().ToLowerInvariant()}",
            entry.SettlesAt ?? entry.At,
            new(entry.Payment, entry.Id?.ToString(), entry.Reference is null ? "declined" : "approved", entry.Reference, entry.Code, entry.Amount)),
        ProviderJson.Default.ProviderCallback);

    async Task<bool> IsTaken(string id, byte[] body)
    {
        await _sending.WaitAsync(_closing.Token).ConfigureAwait(false);
        try
        {
            var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            using var message = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
            message.Content.Headers.ContentType = new("application/json");
            message.Headers.Add(WebhookVerifier.IdHeader, id);
            message.Headers.Add(WebhookVerifier.TimestampHeader, timestamp);
            message.Headers.Add(WebhookVerifier.SignatureHeader, secret.Sign(id, timestamp, body));
            using var response = await _http.SendAsync(message, _closing.Token).ConfigureAwait(false);
            return response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !_closing.IsCancellationRequested))
        {
            return false;
        }
        finally
        {
            _sending.Release();
        }
    }
}
