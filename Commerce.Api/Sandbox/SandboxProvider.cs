using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using Commerce.Api.Http;
using Commerce.Commands.Payments;
using Commerce.Commands.Webhooks;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.Api.Sandbox;

/// <summary>
/// A payment provider to try things with: a small HTTP service of its own, on loopback only, for development and
/// demonstrations. No money moves. <see cref="SandboxTokens"/> and <see cref="SandboxBehaviour"/> say what can go wrong.
/// </summary>
sealed class SandboxProvider : IAsyncDisposable
{
    /// <summary>Bytes of a request at most: it holds ids and an amount.</summary>
    const int BodyBytesMax = 16_384;

    /// <summary>Characters of an idempotency key at most.</summary>
    const int KeyLengthMax = 255;

    /// <summary>Entries of a page of the statement at most.</summary>
    const int StatementPageMax = 500;

    /// <summary>How long an answer waits for its callback to be taken first.</summary>
    static readonly TimeSpan CallbackFirstMax = TimeSpan.FromSeconds(2);

    readonly WebApplication _server;
    readonly SandboxBooks _books;
    readonly TimeProvider _time;
    readonly ConcurrentDictionary<string, bool> _troubled = new(StringComparer.Ordinal);
    SandboxBehaviour _behaviour = new();
    volatile SandboxCallbacks? _callbacks;
    long _calls;

    SandboxProvider(WebApplication server, SandboxBooks books, TimeProvider time)
    {
        (_server, _books, _time) = (server, books, time);
        Map();
    }

    /// <summary>Where it serves.</summary>
    public Uri Address => new(_server.Urls.First());

    /// <summary>Opens its books and serves.</summary>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    /// <exception cref="IOException">The port is taken, or the file is used by another process.</exception>
    public static async Task<SandboxProvider> Start(SandboxOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        var books = new SandboxBooks(options, time);
        try
        {
            var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton<IHostLifetime, OwnersLifetime>();
            builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, SandboxJson.Default));
            builder.WebHost.UseUrls($"http://127.0.0.1:{options.Port}").ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = BodyBytesMax);
            var provider = new SandboxProvider(builder.Build(), books, time);
            if (options is { Callbacks: { } callbacks, Secret: { } secret })
            {
                provider.CallBack(callbacks, secret);
            }

            await provider._server.StartAsync(cancellationToken).ConfigureAwait(false);
            return provider;
        }
        catch
        {
            books.Dispose();
            throw;
        }
    }

    /// <summary>Tells from now on what becomes of calls, at that address; nobody was told before.</summary>
    public void CallBack(Uri address, WebhookSecret secret) => _callbacks = _callbacks is null
        ? new(address, secret, _time)
        : throw new InvalidOperationException("It calls back already.");

    /// <summary>Serves until cancelled.</summary>
    public Task WaitForShutdown(CancellationToken cancellationToken) => _server.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        if (_callbacks is not null)
        {
            await _callbacks.DisposeAsync().ConfigureAwait(false);
        }

        _books.Dispose();
    }

    /// <summary>Its owner stops it: at a signal to the process, whoever still has a payment to undo finds it there.</summary>
    sealed class OwnersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    void Map()
    {
        _server.UseSpanNames();
        MapCall("/v1/authorisations", SandboxKind.Authorisation);
        MapCall("/v1/captures", SandboxKind.Capture);
        MapCall("/v1/voids", SandboxKind.Void);
        MapCall("/v1/refunds", SandboxKind.Refund);
        _server.MapGet("/v1/payments/{key}", Results<Ok<SandboxPayment>, NotFound> (string key) => _books.Find(key) is { } payment ? TypedResults.Ok(payment) : TypedResults.NotFound());
        _server.MapGet("/v1/statement", Results<Ok<SandboxStatement>, BadRequest<SandboxProblem>> (DateOnly date, int? after, int? limit) => (after ?? 0) >= 0 && (limit ?? 1) is >= 1 and <= StatementPageMax
            ? TypedResults.Ok(_books.Statement(date, after ?? 0, limit ?? StatementPageMax).Told(_behaviour))
            : TypedResults.BadRequest(new SandboxProblem("page-invalid", $"limit is 1 to {StatementPageMax}, after what the page before said.")));
        _server.MapGet("/v1/behaviour", () => TypedResults.Ok(_behaviour));
        _server.MapPut("/v1/behaviour", Results<Ok<SandboxBehaviour>, BadRequest<SandboxProblem>> (SandboxBehaviour behaviour) => behaviour.IsValid
            ? TypedResults.Ok(_behaviour = behaviour)
            : TypedResults.BadRequest(new SandboxProblem("behaviour-invalid", SandboxBehaviour.Rule)));
    }

    void MapCall(string path, SandboxKind kind) => _server.MapPost(path, (HttpContext http, ProviderRequest request) => Call(http, kind, request));

    async Task<IResult> Call(HttpContext http, SandboxKind kind, ProviderRequest request)
    {
        var behaviour = _behaviour;
        var slow = request.Token == SandboxTokens.Slow ? SandboxTokens.SlowMs : 0;
        if (behaviour.DelayMs + slow > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(behaviour.DelayMs + slow), _time, http.RequestAborted).ConfigureAwait(false);
        }

        if (KeyOf(http.Request) is not { } key)
        {
            return TypedResults.BadRequest(new SandboxProblem("key-missing", $"Idempotency-Key is a text of 1 to {KeyLengthMax} characters."));
        }

        if (behaviour.Fails(Interlocked.Increment(ref _calls) - 1) || (request.Token == SandboxTokens.ErrorOnce && IsFirst(key)))
        {
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        var manner = SandboxManner.Of(behaviour, key, request);
        var (response, problem, entry) = _books.Answer(key, kind, request, manner);
        if (problem is not null)
        {
            return TypedResults.Json(problem, SandboxJson.Default.SandboxProblem, statusCode: problem.Code == "books-full" ? StatusCodes.Status507InsufficientStorage : StatusCodes.Status422UnprocessableEntity);
        }

        if (entry is not null)
        {
            await Tell(entry, manner, http.RequestAborted).ConfigureAwait(false);
        }

        if (manner.LosesAnswer && IsFirst(key))
        {
            http.Abort();
            return TypedResults.Empty;
        }

        return response?.Status == "pending" ? TypedResults.Accepted((string?)null, response) : TypedResults.Ok(response);
    }

    async Task Tell(SandboxEntry entry, SandboxManner manner, CancellationToken cancellationToken)
    {
        if (_callbacks is not { } callbacks || manner.Callbacks == 0)
        {
            return;
        }

        var after = (manner.PendingFor ?? TimeSpan.Zero) + manner.CallbackAfter;
        var told = Task.WhenAll(Enumerable.Range(0, manner.Callbacks).Select(_ => callbacks.Tell(entry, after)));
        if (manner.CallbackFirst)
        {
            await told.WaitAsync(CallbackFirstMax, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // Kept for the process only, and for keys that are in for trouble only: a restart may make it once more.
    bool IsFirst(string key) => _troubled.TryAdd(key, true);

    // A structured-field string as the IETF draft has it, or bare.
    static string? KeyOf(HttpRequest request)
    {
        var key = request.Headers["Idempotency-Key"].ToString().Trim();
        key = key is ['"', .. var quoted, '"'] ? quoted : key;
        return key.Length is 0 or > KeyLengthMax ? null : key;
    }
}
