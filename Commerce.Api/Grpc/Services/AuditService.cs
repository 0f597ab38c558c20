using Commerce.Api.Endpoints;
using Commerce.Api.Grpc.Mapping;
using Commerce.Api.Handling;
using Commerce.Api.Http;
using Commerce.Domain;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Projections.Auditing;
using Commerce.Projections.Timelines;
using Grpc.Core;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Grpc.Services;

/// <summary><c>commerce.v1.Audit</c>.</summary>
sealed class AuditService(IEventLog log, EventSearch search, OrderTimeline timeline, LogFollowers followers) : Wire.Audit.AuditBase
{
    /// <inheritdoc/>
    public override async Task<Wire.EventPage> ReadStream(Wire.ReadStreamRequest request, ServerCallContext context)
    {
        var from = Fields.Whole("from", request.From, 0, 0, long.MaxValue);
        var limit = (int)Fields.Whole("limit", request.Limit, StreamPages.LimitDefault, 1, StreamPages.LimitMax);
        return StreamName.TryParse(request.Stream, null, out var stream) && await StreamPages.Read(log, stream, from, limit, context.CancellationToken).ConfigureAwait(false) is { } page
            ? LoggedEvents.Page(page.Events, page.Next)
            : throw AuditEndpoints.StreamUnknown.Exception();
    }

    /// <inheritdoc/>
    public override async Task<Wire.EventPage> SearchEvents(Wire.SearchEventsRequest request, ServerCallContext context)
    {
        var wanted = new EventSearchQuery(request.Type, request.From, request.To, request.CorrelationId, null, null, null);
        LogPosition? after = request.After == 0 ? null : new(Fields.Whole("after", request.After, 0, 0, long.MaxValue));
        var limit = (int)Fields.Whole("limit", request.Limit, EventSearchEndpoint.LimitDefault, 1, EventSearch.LimitMax);
        using var turn = search.Begin() ?? throw Problems.TooManySearches.Exception();
        var found = await search.Page(wanted.Query, after, limit, context.CancellationToken).ConfigureAwait(false);
        return LoggedEvents.Page(found.Events, found.Next?.Value);
    }

    /// <inheritdoc/>
    public override async Task<Wire.EventPage> ReadTimeline(Wire.ReadTimelineRequest request, ServerCallContext context)
    {
        var order = Fields.Required<OrderId>("order_id", request.OrderId, Fields.IdRule);
        var after = new LogPosition(Fields.Whole("after", request.After, 0, 0, long.MaxValue));
        var limit = (int)Fields.Whole("limit", request.Limit, TimelineEndpoint.LimitDefault, 1, OrderTimeline.LimitMax);
        return await timeline.Read(order, after, limit, context.CancellationToken).ConfigureAwait(false) switch
        {
            Timeline.Page page => LoggedEvents.Page(page.Events, page.Next?.Value),
            Timeline.TooWide wide => throw TimelineEndpoint.TooWide(wide).Exception(),
            _ => throw Problems.Of(OrderRejections.Unknown).Exception(),
        };
    }

    /// <inheritdoc/>
    public override Task Follow(Wire.FollowRequest request, IServerStreamWriter<Wire.Followed> responseStream, ServerCallContext context) =>
        followers.Follow(request, responseStream, context);
}
