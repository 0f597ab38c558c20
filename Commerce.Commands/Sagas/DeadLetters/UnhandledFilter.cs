using System.Security.Cryptography;
using System.Text.Json;
using Commerce.Domain;
using MassTransit;

namespace Commerce.Commands.Sagas.DeadLetters;

/// <summary>
/// Ends the way of a message that nobody handles: one that failed was kept in its turn, one that cannot be read or that no
/// consumer of this version knows is kept here. Then it is done with for the relay.
/// </summary>
sealed class UnhandledFilter(Gate gate, Consumption consumption) : IFilter<ExceptionReceiveContext>, IFilter<ReceiveContext>
{
    /// <summary>Characters of an unreadable message that its reason quotes.</summary>
    const int QuotedMax = 200;

    static readonly Guid Space = new("0d6fb9a8-2f0f-4a1d-8b57-3f6a5a7d9c02");

    public async Task Send(ExceptionReceiveContext context, IPipe<ExceptionReceiveContext> next)
    {
        if (gate.CutsShort(context.CancellationToken))
        {
            throw new OperationCanceledException("The message was cut short.", context.Exception);
        }

        await Keep(context, context.Exception).ConfigureAwait(false);
        await next.Send(context).ConfigureAwait(false);
    }

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        await Keep(context, new InvalidOperationException("No consumer of this version takes such a message.")).ConfigureAwait(false);
        await next.Send(context).ConfigureAwait(false);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("deadLetters");

    async Task Keep(ReceiveContext context, Exception failure)
    {
        var body = context.Body.GetBytes();
        var message = Read(body);
        await gate.Keep(message, message.Fact is null ? new InvalidDataException($"{failure.Message} {Quoted(body)}") : failure).ConfigureAwait(false);
        consumption.Done(message.EventId);
    }

    // MassTransit's envelope around our message; a body that is neither is kept with what there is, under an id of its own.
    HeldMessage Read(byte[] body)
    {
        try
        {
            using var envelope = JsonDocument.Parse(body);
            var fact = envelope.RootElement.GetProperty("message").Deserialize<HeldFact>(JsonSerializerOptions.Web);
            if (fact is { Type.Length: > 0, Data.Length: > 0 })
            {
                return HeldMessage.Of(gate.Queue, envelope.RootElement.GetProperty("messageId").GetGuid(), fact);
            }
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or FormatException or InvalidOperationException)
        {
            // Told by the letter that it becomes.
        }

        return new(gate.Queue, Uuid.FromName(Space, Convert.ToHexString(SHA256.HashData(body))), HeldMessage.Unreadable, null);
    }

    static string Quoted(byte[] body) => System.Text.Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, QuotedMax)));
}
