using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Domain.Log;
using CurrentCase = Commerce.Commands.EventLog.EventStoreDb.Wire.WrongExpectedVersion.CurrentStreamRevisionOptionOneofCase;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>What the server says to an append, as the port says it; reads what the server leaves out.</summary>
sealed class AppendAnswers(LogReads reads)
{
    /// <summary>The result that the answer tells.</summary>
    /// <exception cref="EventLogException">It tells none.</exception>
    public async Task<AppendResult> ResultOf(BatchedAppend append, BatchAppendResp answer, CancellationToken cancellationToken) => answer switch
    {
        { Success: { } success } => await Appended(append, success, cancellationToken),
        { Error.Details: { } detail } when detail.TryUnpack<WrongExpectedVersion>(out var wrong) =>
            new AppendResult.WrongExpectedRevision(append.Expected, await ActualOf(append, wrong, cancellationToken)),
        { Error: { } error } => throw Refused(append, error),
        _ => throw new EventLogUnavailableException("EventStoreDB gave an append an answer without a result."),
    };

    async Task<AppendResult> Appended(BatchedAppend append, BatchAppendResp.Types.Success success, CancellationToken cancellationToken)
    {
        var revision = (long)success.CurrentRevision;
        var position = WireEvents.PositionOf(success.Position);
        if (position is { } told && IsSurelyOne(append, told))
            return new AppendResult.Appended(revision, told);

        if (await LastIfInSequence(append, revision, cancellationToken) is { } last)
            return new AppendResult.Appended(revision, position ?? last);

        return position is null && IsSurelyOne(append, LogPosition.Start)
            ? throw new EventLogUnavailableException($"EventStoreDB took an append to {append.Stream}, and does not show it.")
            : new AppendResult.WrongExpectedRevision(append.Expected, await LastRevision(append.Stream, cancellationToken));
    }

    /// <summary>
    /// Whether the events stand one behind the other for certain. At any revision the server takes an append for a repeat when it
    /// has seen each id; that it is one at all shows in a position that was there before it was sent.
    /// </summary>
    static bool IsSurelyOne(BatchedAppend append, LogPosition position) =>
        append.Expected.Revision is not null || append.Events.Count == 1 || position > append.SentAfter;

    /// <summary>
    /// Position of the append's last event where the stream holds its events one behind the other up to a revision. A repeat of what
    /// is being written, or was removed since, has a place and no position: the server knows it only from its stream.
    /// </summary>
    async Task<LogPosition?> LastIfInSequence(BatchedAppend append, long revision, CancellationToken cancellationToken)
    {
        var n = 0;
        LogPosition? last = null;
        await foreach (var e in reads.Stream(append.Stream, ReadDirection.Forwards, revision - append.Events.Count + 1, append.Events.Count, cancellationToken))
        {
            if (e.Id != append.Events[n++].Id)
                return null;

            last = e.Position;
        }

        return n == append.Events.Count ? last : null;
    }

    async Task<long> ActualOf(BatchedAppend append, WrongExpectedVersion wrong, CancellationToken cancellationToken) => wrong.CurrentStreamRevisionOptionCase switch
    {
        // At any revision that is an append which repeats another one in part.
        _ when append.Expected == ExpectedRevision.Any => await LastRevision(append.Stream, cancellationToken),
        CurrentCase.CurrentStreamRevision => (long)wrong.CurrentStreamRevision,
        CurrentCase.CurrentNoStream => -1,
        _ => await LastRevision(append.Stream, cancellationToken),
    };

    async Task<long> LastRevision(StreamName stream, CancellationToken cancellationToken)
    {
        await foreach (var e in reads.Stream(stream, ReadDirection.Backwards, long.MaxValue, 1, cancellationToken))
            return e.Revision;

        return -1;
    }

    static EventLogException Refused(BatchedAppend append, Status error) => error.Details switch
    {
        { } detail when detail.Is(StreamDeleted.Descriptor) => new StreamDeletedException(append.Stream),
        { } detail when detail.TryUnpack<MaximumAppendSizeExceeded>(out var limit) => new AppendTooLargeException(append.Events.Count, append.Bytes, limit.MaxAppendSize),
        { } detail when detail.Is(AccessDenied.Descriptor) => new EventStoreDbRefusedException($"EventStoreDB does not let the user of the connection string write to {append.Stream}."),
        { } detail when detail.TryUnpack<BadRequest>(out var bad) => new EventStoreDbRefusedException($"EventStoreDB refuses an append to {append.Stream}: {bad.Message}"),
        { } detail when detail.Is(Wire.Timeout.Descriptor) => new EventLogUnavailableException("EventStoreDB did not write an append in time."),
        _ => new EventLogUnavailableException($"EventStoreDB does not say how an append to {append.Stream} went: {error.Message}"),
    };
}
