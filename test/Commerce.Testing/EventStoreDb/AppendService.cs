using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;
using Google.Protobuf;
using Google.Protobuf.Collections;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.AppendReq.Types.Options;

namespace Commerce.Testing.EventStoreDb;

/// <summary>One append a call: options first, then one message an event.</summary>
sealed class AppendService(EventStoreDbEmulatorOptions options, EmulatedLog log, Faults faults)
{
    public async Task Append(ServerCall call)
    {
        var (request, events) = await Receive(call);
        var (name, expected) = (WireStream.Name(request.StreamIdentifier), Expected(request));
        var fate = faults.NextAppend();
        var outcome = fate.IsWritten ? log.Append(name, expected, events) : null;
        log.Announce();
        if (fate.Drops)
            faults.DropConnections();
        if (outcome is null || fate.Answers == 0)
            await Task.Delay(System.Threading.Timeout.Infinite, call.Ended);
        if (fate.Late > TimeSpan.Zero)
            await Task.Delay(fate.Late, options.Time, call.Ended);

        call.Write(outcome switch
        {
            WriteOutcome.Written written => new AppendResp { Success = Success(written) },
            WriteOutcome.WrongExpectedVersion wrong => new AppendResp { WrongExpectedVersion = Wrong(request, wrong.Actual) },
            _ => throw ServerErrors.StreamDeleted(name),
        });
        await call.Flush();
    }

    /// <exception cref="GrpcException">It holds what no event may lack, or not what the wire asks for.</exception>
    public static ProposedEvent Read(UUID? id, MapField<string, string> metadata, ByteString data, ByteString custom) => new(
        WireUuid.ToGuid(id),
        metadata.TryGetValue("type", out var type) ? type : throw ServerErrors.MetadataMissing("type"),
        (metadata.TryGetValue("content-type", out var content) ? content : throw ServerErrors.MetadataMissing("content-type")) == "application/json",
        data,
        custom);

    async Task<(AppendReq.Types.Options Request, List<ProposedEvent> Events)> Receive(ServerCall call)
    {
        var (request, events, bytes) = ((AppendReq.Types.Options?)null, new List<ProposedEvent>(), 0);
        while (await call.ReadSome(AppendReq.Parser, Take))
        {
        }

        return (request ?? throw ServerErrors.Invalid("The options are missing."), events);

        void Take(AppendReq message)
        {
            if (message.ContentCase == AppendReq.ContentOneofCase.ProposedMessage && request is not null)
            {
                var proposed = message.ProposedMessage;
                var e = Read(proposed.Id, proposed.Metadata, proposed.Data, proposed.CustomMetadata);
                events.Add(e);
                bytes += e.Size;
                if (bytes > options.AppendBytesMax)
                    throw ServerErrors.AppendTooLarge(options.AppendBytesMax);
            }
            else
            {
                request = request is null && message.Options is { } first ? first : throw ServerErrors.Invalid("The options come first, and once.");
            }
        }
    }

    static long Expected(AppendReq.Types.Options request) => request.ExpectedStreamRevisionCase switch
    {
        ExpectedStreamRevisionOneofCase.Revision => ExpectedVersion.Exactly(request.Revision),
        ExpectedStreamRevisionOneofCase.NoStream => ExpectedVersion.NoStream,
        ExpectedStreamRevisionOneofCase.Any => ExpectedVersion.Any,
        ExpectedStreamRevisionOneofCase.StreamExists => ExpectedVersion.StreamExists,
        _ => throw ServerErrors.Invalid("The expected revision is missing."),
    };

    static AppendResp.Types.Success Success(WriteOutcome.Written written)
    {
        var success = new AppendResp.Types.Success();
        if (written.Revision < 0)
            success.NoStream = new();
        else
            success.CurrentRevision = (ulong)written.Revision;
        if (written.Position is { } position)
            success.Position = new() { CommitPosition = position, PreparePosition = position };
        else
            success.NoPosition = new();

        return success;
    }

    static AppendResp.Types.WrongExpectedVersion Wrong(AppendReq.Types.Options request, long actual)
    {
        var wrong = new AppendResp.Types.WrongExpectedVersion();
        if (actual < 0)
            (wrong.CurrentNoStream, wrong.NoStream2060) = (new(), new());
        else
            (wrong.CurrentRevision, wrong.CurrentRevision2060) = ((ulong)actual, (ulong)actual);

        switch (request.ExpectedStreamRevisionCase)
        {
            case ExpectedStreamRevisionOneofCase.Any:
                (wrong.ExpectedAny, wrong.Any2060) = (new(), new());
                break;
            case ExpectedStreamRevisionOneofCase.StreamExists:
                (wrong.ExpectedStreamExists, wrong.StreamExists2060) = (new(), new());
                break;
            case ExpectedStreamRevisionOneofCase.NoStream:
                (wrong.ExpectedNoStream, wrong.ExpectedRevision2060) = (new(), ulong.MaxValue);
                break;
            default:
                (wrong.ExpectedRevision, wrong.ExpectedRevision2060) = (request.Revision, request.Revision);
                break;
        }

        return wrong;
    }
}
