using Microsoft.IdentityModel.Tokens;

namespace Commerce.Api.Security;

/// <summary>
/// The keys of the issuer of tokens, as a JWK set says them: read at the start, again every ten minutes, and when a token names a key that is
/// not known yet, but not oftener than twice a minute. While they cannot be read, those that were read last count.
/// </summary>
sealed partial class IssuerKeys(TokenOptions options, TimeProvider time, ILogger<IssuerKeys> logger) : BackgroundService
{
    /// <summary>How often they are read.</summary>
    public static readonly TimeSpan ReadEvery = TimeSpan.FromMinutes(10);

    /// <summary>How soon they are read again when a token names one that is not known.</summary>
    public static readonly TimeSpan AskedAgainAfter = TimeSpan.FromSeconds(30);

    /// <summary>Bytes of a set at most: it has a handful of keys of a kilobyte.</summary>
    public const int SetBytesMax = 256 * 1024;

    /// <summary>Keys of a set at most.</summary>
    public const int KeysMax = 100;

    static readonly TimeSpan ReadTimeMax = TimeSpan.FromSeconds(5);

    readonly HttpClient _http = new() { MaxResponseContentBufferSize = SetBytesMax, Timeout = ReadTimeMax };
    readonly SemaphoreSlim _asked = new(0, 1);
    volatile IReadOnlyList<SecurityKey>? _known;

    /// <summary>The keys; null: they could not be read since this process started.</summary>
    public IReadOnlyList<SecurityKey>? Known => _known;

    /// <summary>A token names a key that is not known.</summary>
    public void Ask()
    {
        try
        {
            _asked.Release();
        }
        catch (SemaphoreFullException)
        {
            // Somebody asked already.
        }
    }

    /// <summary>Reads them now; those that were known before stay where that fails.</summary>
    /// <returns>Whether they were read.</returns>
    public async Task<bool> Read(CancellationToken cancellationToken)
    {
        try
        {
            var set = new JsonWebKeySet(await Text(cancellationToken).ConfigureAwait(false));
            List<SecurityKey> keys = [.. set.Keys.Where(key => key.Use is null or JsonWebKeyUseNames.Sig)];
            _known = keys.Count is > 0 and <= KeysMax ? keys : throw new InvalidDataException($"it has {keys.Count} keys that sign, not 1 to {KeysMax}");
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or UnauthorizedAccessException or ArgumentException or System.Text.Json.JsonException
            || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            NotRead(logger, options.Keys, e.Message);
            return false;
        }
    }

    /// <summary>Reads them before the first request is taken.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await Read(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _http.Dispose();
        _asked.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(AskedAgainAfter, time, stoppingToken).ConfigureAwait(false);
                await _asked.WaitAsync(ReadEvery - AskedAgainAfter, stoppingToken).ConfigureAwait(false);
                await Read(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    async Task<string> Text(CancellationToken cancellationToken)
    {
        if (!options.Keys.IsFile)
        {
            return await _http.GetStringAsync(options.Keys, cancellationToken).ConfigureAwait(false);
        }

        return new FileInfo(options.Keys.LocalPath) is { Length: > SetBytesMax }
            ? throw new InvalidDataException($"it has more than {SetBytesMax} bytes")
            : await File.ReadAllTextAsync(options.Keys.LocalPath, cancellationToken).ConfigureAwait(false);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The keys of the issuer of tokens cannot be read from {Place}: {Reason}")]
    static partial void NotRead(ILogger logger, Uri place, string reason);
}
