using System.Text;
using System.Text.Json;
using MassTransit;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Commands.Sagas;

/// <summary>Ends a failed message's way: it is kept, told to the operator, and done with for the relay.</summary>
sealed partial class DeadLetterFilter(string queue, IDeadLetters letters, Consumption consumption, TimeProvider time, ILogger logger, CancellationToken stopping) : IFilter<ExceptionReceiveContext>
{
    /// <summary>Characters of a reason that are kept.</summary>
    const int ReasonLengthMax = 2_000;

    static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (stopping.IsCancellationRequested)
        {
            // Cut short, not given up: the broker, or the relay after the next start, brings it again.
            throw new OperationCanceledException("The process stops.", context.Exception, stopping);
        }

        var letter = Read(context.Body.GetBytes(), context.Exception);
        Gave(logger, letter.Type, letter.EventId, letter.OrderId, queue, context.Exception);
        while (true)
        {
            try
            {
                await letters.Keep(letter, stopping).ConfigureAwait(false);
                break;
            }
            catch (NpgsqlException e)
            {
                // Nothing is done with that is not kept: its lane waits until it can be.
                CannotKeep(logger, letter.EventId, e);
                await Task.Delay(Pause, time, stopping).ConfigureAwait(false);
            }
        }

        await next.Send(context).ConfigureAwait(false);
        consumption.Done(letter.EventId);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLetters");

    // MassTransit's envelope around our message; a body that is neither is kept with what there is.
    DeadLetter Read(byte[] body, Exception failure)
    {
        var reason = failure.ToString();
        reason = reason.Length > ReasonLengthMax ? reason[..ReasonLengthMax] : reason;
        try
        {
            using var json = JsonDocument.Parse(body);
            var message = json.RootElement.GetProperty("message");
            return new DeadLetter(
                queue, json.RootElement.GetProperty("messageId").GetGuid(), message.GetProperty("orderId").GetGuid(),
                message.GetProperty("position").GetInt64(), message.GetProperty("type").GetString() ?? string.Empty, reason, time.GetUtcNow());
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            return new DeadLetter(queue, Guid.CreateVersion7(), Guid.Empty, 0, "unreadable", $"{reason}\n{Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, ReasonLengthMax)))}", time.GetUtcNow());
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "Gave up on {Type} {EventId} of order {OrderId} in {Queue}: it is a dead letter.")]
    static partial void Gave(ILogger logger, string type, Guid eventId, Guid orderId, string queue, Exception failure);

    [LoggerMessage(Level = LogLevel.Error, Message = "The dead letter {EventId} cannot be kept; trying on.")]
    static partial void CannotKeep(ILogger logger, Guid eventId, Exception failure);
}
