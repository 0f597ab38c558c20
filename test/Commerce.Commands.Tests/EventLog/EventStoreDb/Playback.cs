using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Tests.Grpc;
using Commerce.Testing;
using Microsoft.AspNetCore.Http;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>Plays a recorded step to our client, which asks some more than the official one did: at opening, and where a subscription catches up.</summary>
static class Playback
{
    static readonly Transcript.Call Methods = Transcript.Of("append-no-stream-one-event").Calls[0];

    static readonly Transcript.Call Past = Transcript.Of("read-all-forwards-filtered-prefix").Calls[0];

    /// <summary>A server that plays the step whenever its call comes, what is read from another one and answers to appends changed where a test says so.</summary>
    public static Task<PlaybackServer> Of(string step, string? read = null, Action<BatchAppendResp>? change = null)
    {
        var recorded = Transcript.Of(step).Calls[^1];
        var reads = read is null ? recorded : Transcript.Of(read).Calls[^1];
        return PlaybackServer.Start(call => call.Request.Path.Value?.Split('/')[^1] switch
        {
            "GetSupportedMethods" => Answer(call, Methods),
            "BatchAppend" => AnswerAppends(call, recorded, change),
            _ => AnswerRead(call, reads),
        });
    }

    /// <summary>Says what was recorded; leaves open what the recording does.</summary>
    public static async Task Answer(HttpContext call, Transcript.Call recorded)
    {
        foreach (var (name, value) in recorded.ResponseHeaders.Where(h => h.Key is not "Date" and not "Server"))
            call.Response.Headers[name] = value;

        call.Response.ContentType = "application/grpc";
        if (recorded.ResponseHeaders.ContainsKey("grpc-status"))
            return;

        await PlaybackServer.Begin(call);
        await PlaybackServer.Say(call, recorded.Responses);
        foreach (var (name, value) in recorded.Trailers)
            call.Response.AppendTrailer(name, value);

        if (recorded.IsLeftOpen)
            await Task.Delay(-1, call.RequestAborted);
    }

    static async Task AnswerAppends(HttpContext call, Transcript.Call recorded, Action<BatchAppendResp>? change)
    {
        await PlaybackServer.Begin(call);
        await foreach (var request in PlaybackServer.Hear(call, BatchAppendReq.Parser))
        {
            var answer = BatchAppendResp.Parser.ParseFrom(recorded.Responses.Single());
            answer.CorrelationId = request.CorrelationId;
            change?.Invoke(answer);
            await PlaybackServer.Say(call, answer);
        }

        PlaybackServer.End(call);
    }

    static async Task AnswerRead(HttpContext call, Transcript.Call recorded)
    {
        var asked = (await PlaybackServer.Hear(call, ReadReq.Parser).Collect())[0];
        var isPart = ReadReq.Parser.ParseFrom(recorded.Requests.Single()).Options.Subscription is not null && asked.Options.Subscription is null;
        if (asked.Options is { ReadDirection: ReadReq.Types.ReadDirection.Backwards, All: not null })
        {
            await PlaybackServer.Begin(call);
            await PlaybackServer.Say(call, ReadResp.Parser.ParseFrom(Past.Responses[^1]));
            PlaybackServer.End(call);
        }
        else
        {
            await Answer(call, isPart ? Past : recorded);
        }
    }
}
