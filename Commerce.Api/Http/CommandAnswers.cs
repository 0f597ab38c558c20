using System.Text.Json.Serialization.Metadata;
using Commerce.Api.Handling;
using Commerce.Commands.Handling;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Http;

/// <summary>How what a handler answers looks over HTTP.</summary>
static class CommandAnswers
{
    /// <summary>200 with a body, or why it was refused.</summary>
    public static IResult Ok<TBody>(this CommandOutcome outcome, JsonTypeInfo<TBody> json, Func<CommandOutcome.Accepted, TBody> body)
        where TBody : class =>
        outcome.As(body).Ok(json);

    /// <summary>201 with a body and the address to read, or why it was refused.</summary>
    public static IResult Created<TBody>(this CommandOutcome outcome, string location, JsonTypeInfo<TBody> json, Func<CommandOutcome.Accepted, TBody> body)
        where TBody : class =>
        outcome.As(body).Created(json, _ => location);

    /// <summary>200 with a body, or why it was refused.</summary>
    public static IResult Ok<TBody>(this Handled<TBody> handled, JsonTypeInfo<TBody> json)
        where TBody : class =>
        handled.IsDone(out var body, out var refusal) ? new Answer<TBody>(StatusCodes.Status200OK, handled, body, json, null) : refusal;

    /// <summary>201 with a body and the address to read, or why it was refused.</summary>
    public static IResult Created<TBody>(this Handled<TBody> handled, JsonTypeInfo<TBody> json, Func<TBody, string> location)
        where TBody : class =>
        handled.IsDone(out var body, out var refusal) ? new Answer<TBody>(StatusCodes.Status201Created, handled, body, json, location(body)) : refusal;

    sealed class Answer<TBody>(int status, Handled<TBody> handled, TBody body, JsonTypeInfo<TBody> json, string? location) : IResult
        where TBody : class
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            if (handled.Revision is { } revision)
            {
                response.Headers[HeaderNames.ETag] = EntityTag.Of(revision);
            }

            if (handled.Position is { } position)
            {
                response.Headers[CommerceHeaders.Position] = position.ToString();
            }

            if (location is not null)
            {
                response.Headers[HeaderNames.Location] = location;
            }

            if (handled.IsReplayed)
            {
                response.Headers[CommerceHeaders.IdempotencyReplayed] = "true";
            }

            return response.WriteJson(body, json, httpContext.RequestAborted);
        }
    }
}
