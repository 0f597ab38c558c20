using System.Security.Cryptography;
using Commerce.Domain.Access;
using Commerce.Domain.Log;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Commands.Access;

/// <summary>What is known of a key that somebody came with.</summary>
public abstract record FoundAccess
{
    FoundAccess()
    {
    }

    /// <summary>It is valid.</summary>
    /// <param name="Grant">Whose it is, and for what.</param>
    public sealed record Granted(AccessGrant Grant) : FoundAccess;

    /// <summary>It was valid once. Only who has the whole key is told.</summary>
    public sealed record Ended : FoundAccess;

    /// <summary>It is none, or none that was ever made here.</summary>
    public sealed record Wrong : FoundAccess;

    /// <summary>Which keys there are could not be read since this process started.</summary>
    public sealed record Unavailable : FoundAccess;
}

/// <summary>
/// All keys of the API, in memory, for those who take claims by the ten thousand a second: telling a key costs a hash and no I/O. It follows the
/// stream of keys: what another process creates or revokes is known here within <see cref="LookEvery"/> and the time of a read. While the log
/// does not answer, what was known before counts: nothing can be bought then either.
/// </summary>
public sealed partial class KnownKeys(IEventLog log, TimeProvider time, ILogger<KnownKeys> logger) : BackgroundService
{
    /// <summary>How often it looks what was done to keys.</summary>
    public static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    /// <summary>Events read at once.</summary>
    const int PageMax = 1_000;

    static readonly FoundAccess Ended = new FoundAccess.Ended();
    static readonly FoundAccess Wrong = new FoundAccess.Wrong();
    static readonly FoundAccess Unavailable = new FoundAccess.Unavailable();

    /// <summary>What a key that nobody has is compared with, so that it takes the same time as one that somebody has.</summary>
    static readonly Known Nobody = new(RandomNumberGenerator.GetBytes(ApiKey.HashBytes), null, Wrong);

    readonly SemaphoreSlim _looking = new(1, 1);
    AccessKeys _keys = AccessKeys.None;
    long _next;
    bool _isAnswered = true;
    volatile Dictionary<string, Known>? _known;

    /// <summary>What is known of a key.</summary>
    public FoundAccess Find(ReadOnlySpan<char> text)
    {
        if (!ApiKey.IsWellFormed(text))
        {
            return Wrong;
        }

        if (_known is not { } known)
        {
            return Unavailable;
        }

        Span<byte> hash = stackalloc byte[ApiKey.HashBytes];
        ApiKey.WriteHash(text, hash);
        var found = known.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(ApiKey.IdOf(text), out var one) ? one : Nobody;
        return !CryptographicOperations.FixedTimeEquals(hash, found.Hash) ? Wrong
            : found.EndsAt <= time.GetUtcNow() ? Ended
            : found.Granted;
    }

    /// <summary>Looks now what was done to keys.</summary>
    /// <returns>Whether the log answered.</returns>
    public async Task<bool> Look(CancellationToken cancellationToken)
    {
        await _looking.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await Read(cancellationToken).ConfigureAwait(false);
            return _isAnswered = true;
        }
        catch (EventLogException e)
        {
            // Once for each time that it is away, not once a second.
            if (_isAnswered)
            {
                NotAnswered(logger, e.Message);
            }

            return _isAnswered = false;
        }
        finally
        {
            _looking.Release();
        }
    }

    /// <summary>Reads which keys there are before the first request is taken, then follows.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await Look(cancellationToken).ConfigureAwait(false);
        await base.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _looking.Dispose();
        base.Dispose();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(LookEvery, time, stoppingToken).ConfigureAwait(false);
                await Look(stoppingToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    async Task Read(CancellationToken cancellationToken)
    {
        var (keys, next) = (_keys, _next);
        for (long begun = -1; begun < next;)
        {
            begun = next;
            await foreach (var e in log.ReadStream(AccessKeys.Stream, ReadDirection.Forwards, next, PageMax, cancellationToken).ConfigureAwait(false))
            {
                keys = EventCatalog.Read(e) is AccessKeyEvent known ? AccessKeys.Evolve(keys, known) : keys;
                next = e.Revision + 1;
            }
        }

        if (next > _next || _known is null)
        {
            (_keys, _next) = (keys, next);
            _known = keys.ById.Values.ToDictionary(key => key.Id, key => new Known(Convert.FromHexString(key.Hash), key.EndsAt, new FoundAccess.Granted(key.Grant)), StringComparer.Ordinal);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "What was done to keys of the API elsewhere is not known for now: {Reason}")]
    static partial void NotAnswered(ILogger logger, string reason);

    sealed record Known(byte[] Hash, DateTimeOffset? EndsAt, FoundAccess Granted);
}
