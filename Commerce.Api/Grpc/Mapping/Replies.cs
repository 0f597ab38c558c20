using System.Globalization;
using Commerce.Api.Handling;
using Commerce.Domain;
using Commerce.Projections.Queries;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Mapping;

/// <summary>Writes what many messages have.</summary>
static class Replies
{
    /// <summary>A handler's answer with the reply as its body.</summary>
    public static Handled<TReply> Map<TBody, TReply>(this Handled<TBody> handled, Func<TBody, Wire.Done, TReply> reply)
        where TBody : class
        where TReply : class =>
        handled.IsDone(out var body, out var refusal)
            ? new(reply(body, DoneOf(handled)), handled.Revision, handled.Position, handled.IsReplayed)
            : new(refusal);

    /// <summary>The reply, or the end of the call with why there is none.</summary>
    /// <exception cref="RpcException">It was refused.</exception>
    public static TReply OrRefuse<TReply>(this Handled<TReply> handled)
        where TReply : class =>
        handled.IsDone(out var reply, out var refusal) ? reply : throw refusal.Exception();

    /// <summary>An amount.</summary>
    public static Wire.Money Of(Money money) => new() { Amount = money.Amount.ToString(CultureInfo.InvariantCulture), Currency = money.Currency.Code };

    /// <summary>An amount that may be missing.</summary>
    public static Wire.Money? Of(Money? money) => money is { } known ? Of(known) : null;

    /// <summary>A time.</summary>
    public static Timestamp Of(DateTimeOffset time) => Timestamp.FromDateTimeOffset(time);

    /// <summary>A time that may be missing.</summary>
    public static Timestamp? Of(DateTimeOffset? time) => time is { } known ? Of(known) : null;

    /// <summary>Which page is wanted.</summary>
    /// <exception cref="Http.RefusedRequestException">The limit is none.</exception>
    public static PageRequest PageOf(Wire.PageRequest? page) =>
        new((int)Fields.Whole("limit", page?.Limit ?? 0, PageRequest.LimitDefault, 1, PageRequest.LimitMax), Fields.Text(page?.Cursor ?? string.Empty));

    static Wire.Done DoneOf<TBody>(Handled<TBody> handled)
        where TBody : class
    {
        var done = new Wire.Done { Position = handled.Position?.Value ?? 0, Replayed = handled.IsReplayed };
        if (handled.Revision is { } revision)
        {
            done.Revision = revision;
        }

        return done;
    }
}
