using System.Collections.Frozen;
using Commerce.Api.Grpc.Mapping;
using Commerce.Api.Http;
using Commerce.Domain.Log;
using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Services;

/// <summary>Those who follow the log live: each has a subscription of its own, so that a slow one holds up nobody else.</summary>
sealed class LogFollowers(IEventLog log, TimeProvider time, IHostApplicationLifetime lifetime)
{
    /// <summary>How often a follower is told of a position at which nothing was for it.</summary>
    static readonly TimeSpan PositionEvery = TimeSpan.FromSeconds(5);

    static readonly Problem TooMany = Problems.TooManyListeners with { Detail = "As many follow the log already as can be served." };

    int _count;

    /// <summary>Tells a follower what it asks for until it goes.</summary>
    /// <exception cref="RefusedRequestException">What it asks for is not valid.</exception>
    /// <exception cref="RpcException">There are too many, it takes nothing, or the process ends.</exception>
    public async Task Follow(Wire.FollowRequest request, IServerStreamWriter<Wire.Followed> follower, ServerCallContext call)
    {
        var after = new LogPosition(Fields.Whole("after", request.After, 0, 0, long.MaxValue));
        var (filter, types) = (FilterOf(request), TypesOf(request));
        using var over = CancellationTokenSource.CreateLinkedTokenSource(call.CancellationToken, lifetime.ApplicationStopping);
        try
        {
            if (Interlocked.Increment(ref _count) > GrpcLimits.FollowersMax)
            {
                throw TooMany.Exception();
            }

            await Tell(log.Subscribe(after, filter, over.Token), types, follower, call).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            throw LiveWrites.Stopping.Exception();
        }
        finally
        {
            Interlocked.Decrement(ref _count);
        }
    }

    async Task Tell(IAsyncEnumerable<LogMessage> messages, FrozenSet<string> types, IServerStreamWriter<Wire.Followed> follower, ServerCallContext call)
    {
        var toldAt = time.GetTimestamp();
        await foreach (var message in messages.ConfigureAwait(false))
        {
            var told = message switch
            {
                LogMessage.Appeared { Event: var e } when types.Count == 0 || types.Contains(e.Type) => new Wire.Followed { Position = e.Position.Value, Event = LoggedEvents.Of(e) },
                LogMessage.CaughtUp caughtUp => new Wire.Followed { Position = caughtUp.Position.Value, CaughtUp = true },
                LogMessage.Appeared { Event: var other } when time.GetElapsedTime(toldAt) > PositionEvery => new Wire.Followed { Position = other.Position.Value },
                LogMessage.Reached reached when time.GetElapsedTime(toldAt) > PositionEvery => new Wire.Followed { Position = reached.Position.Value },
                _ => null,
            };
            if (told is not null)
            {
                await follower.Give(told, time, call).ConfigureAwait(false);
                toldAt = time.GetTimestamp();
            }
        }
    }

    static StreamFilter FilterOf(Wire.FollowRequest request)
    {
        if (request.StreamPrefixes.Count > GrpcLimits.FollowedPrefixesMax || request.StreamPrefixes.Any(p => p.Length is 0 or > StreamName.LengthMax || p.Any(char.IsControl)))
        {
            throw Query.Refused("stream_prefixes", $"stream_prefixes has at most {GrpcLimits.FollowedPrefixesMax} beginnings of streams' names, none with a control character.");
        }

        return new([.. request.StreamPrefixes]);
    }

    static FrozenSet<string> TypesOf(Wire.FollowRequest request) => request.Types_.Count <= GrpcLimits.FollowedTypesMax
        ? request.Types_.ToFrozenSet(StringComparer.Ordinal)
        : throw Query.Refused("types", $"types has at most {GrpcLimits.FollowedTypesMax} names.");
}
