using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.BatchAppendReq.Types;

namespace Commerce.Testing.EventStoreDb;

/// <summary>One append of a batch, until its last part has come.</summary>
sealed class PendingAppend(BatchAppendReq first, DateTimeOffset deadline)
{
    readonly List<ProposedEvent> _events = new(first.ProposedMessages.Count);

    public Guid Correlation { get; } = WireUuid.ToGuid(first.CorrelationId);

    public string Stream { get; } = first.Options.StreamIdentifier?.StreamName.ToStringUtf8() ?? "";

    public long Expected => first.Options.ExpectedStreamPositionCase switch
    {
        Options.ExpectedStreamPositionOneofCase.StreamPosition => ExpectedVersion.Exactly(first.Options.StreamPosition),
        Options.ExpectedStreamPositionOneofCase.NoStream => ExpectedVersion.NoStream,
        Options.ExpectedStreamPositionOneofCase.StreamExists => ExpectedVersion.StreamExists,
        _ => ExpectedVersion.Any,
    };

    public IReadOnlyList<ProposedEvent> Events => _events;

    /// <summary>As the limit of one append counts them.</summary>
    public int Bytes { get; private set; }

    /// <summary>When the last part has to be there.</summary>
    public DateTimeOffset Deadline => deadline;

    /// <summary>Takes the events of one part.</summary>
    /// <returns>What is wrong with them; nothing where nothing is.</returns>
    public string? Add(IReadOnlyList<ProposedMessage> messages)
    {
        try
        {
            foreach (var message in messages)
            {
                var e = AppendService.Read(message.Id, message.Metadata, message.Data, message.CustomMetadata);
                _events.Add(e);
                Bytes += e.Size;
            }

            return null;
        }
        catch (Exception e) when (e is GrpcException or FormatException)
        {
            return e.Message;
        }
    }

    public BatchAppendResp Answer(WriteOutcome outcome) => outcome switch
    {
        WriteOutcome.Written written => Answer(written),
        WriteOutcome.WrongExpectedVersion wrong => Answer(BatchAppendErrors.WrongExpectedVersion(wrong.Actual, first.Options)),
        _ => Answer(BatchAppendErrors.StreamDeleted(first.Options.StreamIdentifier)),
    };

    public BatchAppendResp Answer(Status error) => new() { CorrelationId = first.CorrelationId, StreamIdentifier = first.Options.StreamIdentifier, Error = error };

    BatchAppendResp Answer(WriteOutcome.Written written)
    {
        var success = new BatchAppendResp.Types.Success();
        if (written.Revision < 0)
            success.NoStream = new();
        else
            success.CurrentRevision = (ulong)written.Revision;
        if (written.Position is { } position)
            success.Position = new() { CommitPosition = position, PreparePosition = position };
        else
            success.NoPosition = new();

        return new() { CorrelationId = first.CorrelationId, StreamIdentifier = first.Options.StreamIdentifier, Success = success };
    }
}
