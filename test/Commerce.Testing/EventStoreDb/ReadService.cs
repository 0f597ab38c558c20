using Commerce.Commands.EventLog.EventStoreDb.Wire;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.ReadReq.Types;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.ReadReq.Types.Options;

namespace Commerce.Testing.EventStoreDb;

/// <summary>Reads of a stream or of all, either way, once or as a subscription.</summary>
sealed class ReadService(EventStoreDbEmulatorOptions options, EmulatedLog log, Faults faults)
{
    public async Task Read(ServerCall call)
    {
        var request = (await call.ReadOnly(ReadReq.Parser)).Options ?? throw ServerErrors.Invalid("The options are missing.");
        if (request.UuidOption is not { } uuids)
            throw ServerErrors.Invalid("The option of ids is missing.");

        var form = uuids.ContentCase == UUIDOption.ContentOneofCase.String ? UuidForm.String : UuidForm.Structured;
        var (answer, filter) = (new ReadAnswer(call, form, faults.NextRead()), EventFilter.From(request));
        await ((request.StreamOptionCase, request.CountOptionCase, request.ReadDirection, filter) switch
        {
            (StreamOptionOneofCase.Stream, CountOptionOneofCase.Count, _, null) => new StreamRead(log, answer, request).Run(),
            (StreamOptionOneofCase.All, CountOptionOneofCase.Count, ReadDirection.Forwards, _) => AllRead.Forwards(log, answer, request, filter),
            (StreamOptionOneofCase.All, CountOptionOneofCase.Count, ReadDirection.Backwards, _) => AllRead.Backwards(log, answer, request, filter),
            (StreamOptionOneofCase.Stream, CountOptionOneofCase.Subscription, ReadDirection.Forwards, null) => new StreamSubscription(log, answer, request.Stream).Run(),
            (StreamOptionOneofCase.All, CountOptionOneofCase.Subscription, ReadDirection.Forwards, _) => new AllSubscription(log, answer, request.All, filter, options.LiveEventsMax).Run(),
            _ => throw ServerErrors.Invalid("The combination of options is invalid."),
        });
    }
}
