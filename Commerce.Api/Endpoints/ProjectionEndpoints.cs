using Commerce.Api.Http;
using Commerce.Domain.Log;

namespace Commerce.Api.Endpoints;

/// <summary>Projections, for operators: <c>/ops/projections</c>.</summary>
static class ProjectionEndpoints
{
    /// <summary>Adds them.</summary>
    public static void MapProjections(this IEndpointRouteBuilder routes)
    {
        var projections = routes.MapGroup("/ops/projections").WithTags("Operations");

        projections.MapGet("/", async (ProjectionDesk desk, CancellationToken ct) =>
                TypedResults.Json(new ProjectionList([.. (await desk.List(ct)).Select(ProjectionResource.Of)]), ApiJson.Default.ProjectionList))
            .Describe("ListProjections", "How far every projection is, and which event one that stands still cannot apply")
            .Answers<ProjectionList>(200, 503);

        projections.MapPost("/{name}/skip", async (string name, Body<SkipProjectionEvent> body, CommandRequest request, ProjectionDesk desk, CancellationToken ct) =>
                (await desk.Skip(name, PositionOf(body.Value), body.Value.Reason, request.Context(body.Value, ApiJson.Default.SkipProjectionEvent), ct))
                    .Ok(ApiJson.Default.ProjectionDecided, done => new(name, done.Position.ToString())))
            .Command("SkipProjectionEvent", "Leave out the event at which the projection stands still, now and whenever this version of it is made anew", isKeyRequired: false)
            .Answers<ProjectionDecided>(200, 404, 409, 412, 422);

        projections.MapPost("/{name}/retry", async (string name, Body<RetryProjection> body, CommandRequest request, ProjectionDesk desk, CancellationToken ct) =>
                (await desk.Retry(name, body.Value.Reason, request.Context(body.Value, ApiJson.Default.RetryProjection), ct))
                    .Ok(ApiJson.Default.ProjectionDecided, done => new(name, done.Position.ToString())))
            .Command("RetryProjection", "Have the projection try again", isKeyRequired: false)
            .Answers<ProjectionDecided>(200, 404, 409, 412, 422);
    }

    static long PositionOf(SkipProjectionEvent body) =>
        LogPosition.TryParse(body.Position, null, out var position) ? position.Value : throw Query.Refused("position", "position is a place in the log, a number from 1.");
}
