using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Deletion = Commerce.Commands.EventLog.EventStoreDb.Wire.DeleteReq.Types.Options;
using Tombstoning = Commerce.Commands.EventLog.EventStoreDb.Wire.TombstoneReq.Types.Options;

namespace Commerce.Testing.EventStoreDb;

/// <summary>Deletes streams, softly and for good.</summary>
sealed class DeleteService(EmulatedLog log)
{
    public async Task Delete(ServerCall call)
    {
        var request = (await call.ReadOnly(DeleteReq.Parser)).Options ?? throw ServerErrors.Invalid("The options are missing.");
        var (name, expected) = (WireStream.Name(request.StreamIdentifier), Expected(request));
        var position = Position(name, expected, log.Delete(name, expected));
        call.Write(new DeleteResp { Position = new() { CommitPosition = position, PreparePosition = position } });
        await call.Flush();
    }

    public async Task Tombstone(ServerCall call)
    {
        var request = (await call.ReadOnly(TombstoneReq.Parser)).Options ?? throw ServerErrors.Invalid("The options are missing.");
        var (name, expected) = (WireStream.Name(request.StreamIdentifier), Expected(request));
        var position = Position(name, expected, log.Tombstone(name, expected));
        call.Write(new TombstoneResp { Position = new() { CommitPosition = position, PreparePosition = position } });
        await call.Flush();
    }

    ulong Position(string name, long expected, WriteOutcome outcome)
    {
        log.Announce();
        return outcome switch
        {
            WriteOutcome.Written written => written.Position ?? 0,
            WriteOutcome.WrongExpectedVersion wrong => throw ServerErrors.WrongDeletion(name, expected, wrong.Actual),
            _ => throw ServerErrors.StreamDeleted(name),
        };
    }

    static long Expected(Deletion request) => request.ExpectedStreamRevisionCase switch
    {
        Deletion.ExpectedStreamRevisionOneofCase.Revision => ExpectedVersion.Exactly(request.Revision),
        Deletion.ExpectedStreamRevisionOneofCase.NoStream => ExpectedVersion.NoStream,
        Deletion.ExpectedStreamRevisionOneofCase.Any => ExpectedVersion.Any,
        Deletion.ExpectedStreamRevisionOneofCase.StreamExists => ExpectedVersion.StreamExists,
        _ => throw ServerErrors.Invalid("The expected revision is missing."),
    };

    static long Expected(Tombstoning request) => request.ExpectedStreamRevisionCase switch
    {
        Tombstoning.ExpectedStreamRevisionOneofCase.Revision => ExpectedVersion.Exactly(request.Revision),
        Tombstoning.ExpectedStreamRevisionOneofCase.NoStream => ExpectedVersion.NoStream,
        Tombstoning.ExpectedStreamRevisionOneofCase.Any => ExpectedVersion.Any,
        Tombstoning.ExpectedStreamRevisionOneofCase.StreamExists => ExpectedVersion.StreamExists,
        _ => throw ServerErrors.Invalid("The expected revision is missing."),
    };
}
