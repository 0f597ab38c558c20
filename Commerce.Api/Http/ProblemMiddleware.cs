using System.Text.Json;
using Commerce.Commands.Customers;
using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Commands.Numbering;
using Commerce.Commands.Payments.Callbacks;
using Commerce.Domain.Log;
using Commerce.Projections.Documents;
using Npgsql;

namespace Commerce.Api.Http;

/// <summary>Turns what is thrown, and what is answered without a body, into problem details. Nothing of our inside gets out.</summary>
sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    /// <summary>The client has gone: no answer is read any more. The code is nginx's.</summary>
    const int ClientClosedRequest = 499;

    /// <summary>Handles one request.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            context.Response.StatusCode = ClientClosedRequest;
            return;
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var endpoint = context.GetEndpoint();
            var problem = Of(e);
            if (problem == Problems.Internal)
            {
                LogDefect(e, endpoint?.DisplayName);
            }
            else if (problem == Problems.PersonalKeysUnavailable || problem == Problems.PersonalDataUnreadable)
            {
                LogUnreadable(e.Message);
            }
            else if (endpoint?.Metadata.GetMetadata<TakesPersonalData>() is not null && IsOfUnknownField(e))
            {
                problem = Problems.Body(null, problem.Detail);
            }

            ClearAnswer(context.Response);
            await problem.ExecuteAsync(context).ConfigureAwait(false);
            return;
        }

        if (!context.Response.HasStarted && context.Response.ContentLength is null && Of(context.Response.StatusCode) is { } empty)
        {
            await empty.ExecuteAsync(context).ConfigureAwait(false);
        }
    }

    // What was begun of an answer goes; what holds for every answer stays.
    static void ClearAnswer(HttpResponse response)
    {
        var kept = CommerceHeaders.OfEveryAnswer.Select(name => KeyValuePair.Create(name, response.Headers[name])).Where(h => h.Value.Count > 0).ToList();
        response.Clear();
        kept.ForEach(response.Headers.Add);
    }

    /// <summary>What a client is told of an exception, through whichever door.</summary>
    public static Problem Of(Exception e) => e switch
    {
        RefusedRequestException refused => refused.Problem,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => Problems.BodyTooLarge,
        BadHttpRequestException { StatusCode: StatusCodes.Status408RequestTimeout } => Problems.TooSlow,
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => Problems.MediaTypeUnsupported,
        BadHttpRequestException { InnerException: JsonException json } => Problems.Body(json.Path, Detail(json)),
        BadHttpRequestException bad => Unread(bad),
        EventLogUnavailableException or EventStoreDbRefusedException => Problems.LogUnavailable,
        StreamDeletedException => Problems.StreamDeleted,
        AppendTooLargeException => Problems.CommandTooLarge,
        OrderNumbersUnavailableException => Problems.OrderNumbersUnavailable,
        ReadModelUnavailableException or NpgsqlException { IsTransient: true } => Problems.ReadDatabaseUnavailable,
        CallbackInboxUnavailableException => Problems.CallbacksUnavailable,
        PersonalKeysUnavailableException => Problems.PersonalKeysUnavailable,
        PersonalDataUnreadableException => Problems.PersonalDataUnreadable,
        _ => Problems.Internal,
    };

    static Problem? Of(int status) => status switch
    {
        StatusCodes.Status413PayloadTooLarge => Problems.BodyTooLarge,
        StatusCodes.Status404NotFound => Problems.RouteUnknown,
        StatusCodes.Status405MethodNotAllowed => Problems.MethodNotAllowed,
        StatusCodes.Status406NotAcceptable => Problems.NotAcceptable,
        StatusCodes.Status415UnsupportedMediaType => Problems.MediaTypeUnsupported,
        StatusCodes.Status504GatewayTimeout => Problems.TimedOut,
        _ => null,
    };

    // The framework says which parameter it could not read as "Type name", in quotes; else it is the body that is missing.
    static Problem Unread(BadHttpRequestException bad) =>
        bad.StatusCode != StatusCodes.Status400BadRequest ? new(bad.StatusCode, "request-invalid", "The request cannot be read.")
        : bad.Message.Split('"') is [_, var parameter, _, var text, ..] && bad.Message.StartsWith("Failed to bind", StringComparison.Ordinal)
            ? Problems.Parameter(parameter.Split(' ')[^1], $"'{text}' is no valid {parameter.Split(' ')[^1]}.")
            : Problems.Body(null, "The body is missing or cut off.");

    // The reader's own messages name our types. A converter's message does not; of the rest only the names of missing fields get out.
    static string Detail(JsonException json)
    {
        const string Missing = "including: ";
        var missing = json.Message.IndexOf(Missing, StringComparison.Ordinal);
        return missing >= 0 ? $"The body lacks {json.Message[(missing + Missing.Length)..].Split('.')[0].Replace("'", string.Empty, StringComparison.Ordinal)}."
            : IsOfUnknownField(json) ? "The body has a field that is not known here."
            : "The body is not the JSON that is taken here.";
    }

    static bool IsOfUnknownField(Exception e) => (e as JsonException ?? e.InnerException) is JsonException json && json.Message.Contains("could not be mapped", StringComparison.Ordinal);

    [LoggerMessage(LogLevel.Warning, "Personal data cannot be encrypted or read: {Reason}")]
    partial void LogUnreadable(string reason);

    [LoggerMessage(LogLevel.Error, "A defect: {Endpoint} ended in an exception that nothing answers.")]
    partial void LogDefect(Exception exception, string? endpoint);
}
