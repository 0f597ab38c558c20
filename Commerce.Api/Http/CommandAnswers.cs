using System.Text.Json.Serialization.Metadata;
using Commerce.Commands.Handling;
using Microsoft.Net.Http.Headers;

namespace Commerce.Api.Http;

/// <summary>How a command's outcome looks over HTTP.</summary>
static class CommandAnswers
{
    /// <summary>200 with a body, or why it was refused.</summary>
    public static IResult Ok<TBody>(this CommandOutcome outcome, JsonTypeInfo<TBody> json, Func<CommandOutcome.Accepted, TBody> body) =>
        outcome is CommandOutcome.Accepted accepted ? new Answer<TBody>(StatusCodes.Status200OK, accepted, body(accepted), json, null) : Problems.Of(outcome);

    /// <summary>201 with a body and the address to read, or why it was refused.</summary>
    public static IResult Created<TBody>(this CommandOutcome outcome, string location, JsonTypeInfo<TBody> json, Func<CommandOutcome.Accepted, TBody> body) =>
        outcome is CommandOutcome.Accepted accepted ? new Answer<TBody>(StatusCodes.Status201Created, accepted, body(accepted), json, location) : Problems.Of(outcome);

    sealed class Answer<TBody>(int status, CommandOutcome.Accepted accepted, TBody body, JsonTypeInfo<TBody> json, string? location) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var response = httpContext.Response;
            response.StatusCode = status;
            response.Headers[HeaderNames.ETag] = EntityTag.Of(accepted.Revision);
            response.Headers[CommerceHeaders.Position] = accepted.Position.ToString();
            if (location is not null)
            {
                response.Headers[HeaderNames.Location] = location;
            }

            if (accepted.Replayed)
            {
                response.Headers[CommerceHeaders.IdempotencyReplayed] = "true";
            }

            return response.WriteJson(body, json, httpContext.RequestAborted);
        }
    }
}
