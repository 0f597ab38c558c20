using Commerce.Api.Http;
using Commerce.Commands.Handling;
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

        projections.MapDecision("rebuild", "RebuildProjection", "Make the projection's rows anew beside those that people read, and put them in their place when they have caught up", (desk, name, reason, context, ct) => desk.Rebuild(name, reason, context, ct));
        projections.MapDecision("pause", "PauseProjection", "Have the projection apply and build nothing until it is resumed", (desk, name, reason, context, ct) => desk.Pause(name, reason, context, ct));
        projections.MapDecision("resume", "ResumeProjection", "Have a paused projection go on", (desk, name, reason, context, ct) => desk.Resume(name, reason, context, ct));
        projections.MapDecision("drop", "DropReplacedProjection", "Remove the rows that the last rebuild replaced", (desk, name, reason, context, ct) => desk.Drop(name, reason, context, ct));
    }

    static void MapDecision(
        this RouteGroupBuilder projections, string verb, string id, string summary, Func<ProjectionDesk, string, string, CommandContext, CancellationToken, Task<CommandOutcome>> decide) =>
        projections.MapPost($"/{{name}}/{verb}", async (string name, Body<DecideProjection> body, CommandRequest request, ProjectionDesk desk, CancellationToken ct) =>
                (await decide(desk, name, body.Value.Reason, request.Context(body.Value, ApiJson.Default.DecideProjection), ct))
                    .Ok(ApiJson.Default.ProjectionDecided, done => new(name, done.Position.ToString())))
            .Command(id, summary, isKeyRequired: false)
            .Answers<ProjectionDecided>(200, 404, 409, 412, 422);

    static long PositionOf(SkipProjectionEvent body) =>
        LogPosition.TryParse(body.Position, null, out var position) ? position.Value : throw Query.Refused("position", "position is a place in the log, a number from 1.");
}
