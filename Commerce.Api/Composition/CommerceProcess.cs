using Commerce.Api.Sandbox;
using Commerce.Commands.Access;
using Commerce.Commands.Webhooks;
using Commerce.Domain.Access;

namespace Commerce.Api.Composition;

/// <summary>A whole process as <c>serve</c> runs it: host, roles, web server and, where it is switched on, the sandbox payment provider.</summary>
sealed class CommerceProcess : IAsyncDisposable
{
    /// <summary>The sandbox's books, beside the private database: what it approved outlives the process, as a provider's does.</summary>
    const string SandboxBooksFile = "sandbox-books.jsonl";

    readonly SandboxProvider? _sandbox;
    readonly WebApplication _server;

    CommerceProcess(CommerceHost host, SandboxProvider? sandbox, WebApplication server) => (Host, _sandbox, _server) = (host, sandbox, server);

    /// <summary>Where the sandbox provider of such a process keeps its books.</summary>
    public static string SandboxBooksOf(CommerceSettings settings) => Path.Combine(settings.DataFolder, SandboxBooksFile);

    /// <summary>Log, database and commands.</summary>
    public CommerceHost Host { get; }

    /// <summary>What it is put together of.</summary>
    public IServiceProvider Services => _server.Services;

    /// <summary>Where it serves.</summary>
    public Uri Address => new(_server.Urls.First());

    /// <summary>Where it serves gRPC without TLS; null: nowhere.</summary>
    public Uri? GrpcAddress => Host.Settings.ServesGrpcBeside() ? new(_server.Urls.Last()) : null;

    /// <summary>Where the sandbox provider serves; null: it does not run here.</summary>
    public Uri? Sandbox => _sandbox?.Address;

    /// <summary>Starts it; returns when it serves.</summary>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<CommerceProcess> Start(CommerceSettings settings, CancellationToken cancellationToken)
    {
        CommerceHost? host = null;
        SandboxProvider? sandbox = null;
        WebApplication? server = null;
        try
        {
            settings = WithSandboxSecret(settings);
            host = await CommerceHost.Open(settings, cancellationToken).ConfigureAwait(false);
            sandbox = RunsSandbox(settings) ? await StartSandbox(settings, host.Time, cancellationToken).ConfigureAwait(false) : null;
            await OperatorKeys.BringConfigured(host, cancellationToken).ConfigureAwait(false);
            server = CommerceServer.Create(host, sandbox?.Address ?? settings.PaymentProvider);
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
            if (sandbox is not null && settings.Roles.HasFlag(Roles.Api))
            {
                sandbox.CallBack(new(new Uri(server.Urls.First()), $"/payments/callbacks/{settings.Callbacks.Provider}"), settings.Callbacks.Secrets[0]);
            }

            return new(host, sandbox, server);
        }
        catch
        {
            await Close(server, sandbox, host).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Makes a key that this process takes at once, and the others as soon as they know of it.</summary>
    /// <exception cref="InvalidOperationException">It cannot be made.</exception>
    public async Task<ApiKey> CreateKey(AccessGrant grant, CancellationToken cancellationToken)
    {
        var key = await OperatorKeys.Create(Host, grant, cancellationToken).ConfigureAwait(false);
        if (_server.Services.GetService<KnownKeys>() is { } known)
        {
            await known.Look(cancellationToken).ConfigureAwait(false);
        }

        return key;
    }

    /// <summary>Makes the first key of a private shop, with which its owner makes the others.</summary>
    /// <returns>The key, to be shown now or never; null: there is one already, or this process or the settings bring none.</returns>
    public async Task<ApiKey?> CreateFirstKey(CancellationToken cancellationToken) =>
        Host.Settings is { Postgres: null, Access.OperatorKey: null } settings && settings.Roles.HasFlag(Roles.Api)
            && await Host.Keys.List(cancellationToken).ConfigureAwait(false) is []
            ? await CreateKey(OperatorKeys.Owner, cancellationToken).ConfigureAwait(false)
            : null;

    /// <summary>Serves until cancelled, then ends what is under way. A role that fails ends the process, and its exception passes through.</summary>
    public async Task WaitForShutdown(CancellationToken cancellationToken)
    {
        await _server.WaitForShutdownAsync(cancellationToken).ConfigureAwait(false);
        foreach (var role in _server.Services.GetServices<IHostedService>().OfType<BackgroundService>())
        {
            if (role.ExecuteTask is { IsFaulted: true } failed)
            {
                await failed.ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => new(Close(_server, _sandbox, Host));

    static bool RunsSandbox(CommerceSettings settings) => settings.IsSandbox && settings.Roles.HasFlag(Roles.Sagas);

    // The sandbox and the API of one process need no secret that somebody else knows.
    static CommerceSettings WithSandboxSecret(CommerceSettings settings) =>
        RunsSandbox(settings) && settings.Callbacks.Secrets.Count == 0
            ? settings with { Callbacks = settings.Callbacks with { Secrets = [WebhookSecret.Random()] } }
            : settings;

    static Task<SandboxProvider> StartSandbox(CommerceSettings settings, TimeProvider time, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(settings.DataFolder);
        return SandboxProvider.Start(new() { BooksFile = SandboxBooksOf(settings) }, time, cancellationToken);
    }

    static async Task Close(WebApplication? server, SandboxProvider? sandbox, CommerceHost? host)
    {
        if (server is not null)
        {
            // Also where it only half started: the roles that run end before what they lean on is closed.
            if (!server.Lifetime.ApplicationStopped.IsCancellationRequested)
            {
                await server.StopAsync().ConfigureAwait(false);
            }

            await server.DisposeAsync().ConfigureAwait(false);
        }

        if (sandbox is not null)
        {
            await sandbox.DisposeAsync().ConfigureAwait(false);
        }

        if (host is not null)
        {
            await host.DisposeAsync().ConfigureAwait(false);
        }
    }
}
