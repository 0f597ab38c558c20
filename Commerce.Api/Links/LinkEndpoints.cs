using Commerce.Api.Http;
using Commerce.Api.Security;
using Commerce.Domain;
using Commerce.Domain.Links;
using Commerce.Projections;
using Commerce.Projections.Daemon;
using Commerce.Projections.Queries;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Links;

/// <summary>Short links: <c>/links</c>, and <c>/s</c> where they are followed.</summary>
static class LinkEndpoints
{
    static readonly Problem Unknown = Problems.Of(LinkRejections.Unknown);

    /// <summary>410.</summary>
    public static readonly Problem Expired = new(410, "link-expired", "This link has ended.");

    /// <summary>Adds them.</summary>
    public static void MapLinks(this IEndpointRouteBuilder routes)
    {
        var links = routes.MapGroup("/links").WithTags("Links");

        links.MapPost("/", (Body<CreateLink> body, CommandRequest request, LinkMaking making, CancellationToken ct) => making.Make(body.Value, request, ct))
            .Command("CreateLink", "Make a short link to an order's page or to an address", isKeyRequired: true)
            .Answers<LinkCreated>(201, 404, 422);

        links.MapGet("/{code}", async (string code, HttpContext http, LinkQueries queries, OrderQueries orders, CancellationToken ct) =>
                LinkCode.TryParse(code, null, out var known) && await queries.Get(known, ct) is { } link && await IsOwn(link, http.Caller(), orders, ct)
                    ? TypedResults.Json(LinkResource.Of(link), ApiJson.Default.LinkResource)
                    : (IResult)Unknown)
            .Describe("GetLink", "A short link, and how often it was followed")
            .WaitsFor(ProjectionNames.Links)
            .Answers<LinkResource>(200, 404);

        MapFollowing(routes);
    }

    static async Task<bool> IsOwn(LinkView link, Caller caller, OrderQueries orders, CancellationToken cancellationToken) =>
        caller.Customers is null || (link.Order is { } order && caller.MayActFor((await orders.Get(new OrderId(order), cancellationToken).ConfigureAwait(false))?.Customer));

    static void MapFollowing(IEndpointRouteBuilder routes)
    {
        // Asked for once, here: a service that a request asks for costs it a scope.
        var follower = new LinkFollower(
            routes.ServiceProvider.GetRequiredService<LinkDirectory>(), routes.ServiceProvider.GetRequiredService<ClickCounter>(), routes.ServiceProvider.GetRequiredService<TimeProvider>());
        routes.MapGet("/s/{code}", (string code, CancellationToken ct) => follower.Follow(code, ct))
            .WithTags("Links")
            .Describe("FollowLink", "Follow a short link")
            .Produces(StatusCodes.Status302Found)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status410Gone);
    }

    sealed class LinkFollower(LinkDirectory directory, ClickCounter clicks, TimeProvider time)
    {
        public async ValueTask<IResult> Follow(string code, CancellationToken cancellationToken)
        {
            if (!LinkCode.TryParse(code, null, out var known) || await directory.Find(known, cancellationToken).ConfigureAwait(false) is not { } link)
            {
                return Unknown;
            }

            if (link.ExpiresAt <= time.GetUtcNow())
            {
                return Expired;
            }

            clicks.Add(link.Link);
            return new Redirection(link.Target);
        }
    }

    // Nobody keeps it, so that every click is counted; and the page that it leads to is not told by whom it was reached.
    sealed class Redirection(string target) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = StatusCodes.Status302Found;
            response.Headers[HeaderNames.Location] = target;
            response.Headers[HeaderNames.CacheControl] = "no-store";
            response.Headers["Referrer-Policy"] = "no-referrer";
            response.ContentLength = 0;
            return Task.CompletedTask;
        }
    }
}
