using Commerce.Commands.EventLog.EventStoreDb.Wire;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.BatchAppendReq.Types.Options;

namespace Commerce.Testing.EventStoreDb;

/// <summary>
/// Appends of many streams over one call, each answered by its correlation id, in parts where the client likes. What came
/// together is answered together.
/// </summary>
sealed class BatchAppendCall(ServerCall call, EventStoreDbEmulatorOptions options, EmulatedLog log, EmulatedCluster cluster, Faults faults)
{
    readonly Dictionary<Guid, PendingAppend> _pending = [];
    TimeSpan _late;
    bool _drops;

    public async Task Run()
    {
        var more = true;
        while (more)
        {
            try
            {
                more = await Receive();
            }
            finally
            {
                log.Announce();
            }

            if (_drops)
                faults.DropConnections();
            if (_late > TimeSpan.Zero)
                await Task.Delay(_late, options.Time, call.Ended);
            _late = default;
            await call.Flush();
        }
    }

    /// <summary>Waits for more, and where parts are missing no longer than for those.</summary>
    async ValueTask<bool> Receive()
    {
        if (_pending.Count == 0)
            return await call.ReadSome(BatchAppendReq.Parser, Take);

        var wait = _pending.Values.Min(p => p.Deadline) - options.Time.GetUtcNow();
        using var timeout = new CancellationTokenSource(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, options.Time);
        try
        {
            return await call.ReadSome(BatchAppendReq.Parser, Take, timeout.Token);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !call.Ended.IsCancellationRequested)
        {
            Expire();
            return true;
        }
    }

    void Take(BatchAppendReq request)
    {
        var correlation = WireUuid.ToGuid(request.CorrelationId);
        if (!_pending.TryGetValue(correlation, out var append))
        {
            if (request.Options is null)
                return; // It was answered before its last part came.
            append = Begin(request);
            if (append is null)
                return;
        }

        if (append.Add(request.ProposedMessages) is { } complaint)
            Refuse(append, BatchAppendErrors.BadRequest(complaint));
        else if (append.Bytes > options.AppendBytesMax)
            Refuse(append, BatchAppendErrors.TooLarge(options.AppendBytesMax));
        else if (request.IsFinal)
            Write(append);
        else
            _pending.TryAdd(correlation, append);
    }

    PendingAppend? Begin(BatchAppendReq request)
    {
        var now = options.Time.GetUtcNow();
        var append = new PendingAppend(request, now + (RequestedTimeout(request.Options, now) is var wanted && wanted < options.WriteTimeout ? wanted : options.WriteTimeout));
        if (Refusal(request.Options, append.Deadline <= now) is not { } refusal)
            return append;

        Refuse(append, refusal);
        return null;
    }

    Status? Refusal(BatchAppendReq.Types.Options request, bool isLate)
    {
        if (call.IsDenied)
            return BatchAppendErrors.AccessDenied();
        if (request.StreamIdentifier is not { StreamName.IsEmpty: false })
            return BatchAppendErrors.BadRequest("Required field StreamIdentifier not set.");
        if (request.ExpectedStreamPositionCase == ExpectedStreamPositionOneofCase.None)
            return BatchAppendErrors.BadRequest("The expected stream position is missing.");

        return isLate ? BatchAppendErrors.Timeout() : null;
    }

    void Write(PendingAppend append)
    {
        _pending.Remove(append.Correlation);
        cluster.CheckServes(call);
        var fate = faults.NextAppend();
        var outcome = fate.IsWritten ? log.Append(append.Stream, append.Expected, append.Events) : null;
        _drops |= fate.Drops;
        _late = _late > fate.Late ? _late : fate.Late;
        if (outcome is null)
            return;

        var answer = append.Answer(outcome);
        for (var n = 0; n < fate.Answers; n++)
            call.Write(answer);
    }

    void Refuse(PendingAppend append, Status status)
    {
        _pending.Remove(append.Correlation);
        call.Write(append.Answer(status));
    }

    void Expire()
    {
        var now = options.Time.GetUtcNow();
        foreach (var append in _pending.Values.Where(p => p.Deadline <= now).ToList())
            Refuse(append, BatchAppendErrors.Timeout());
    }

    static TimeSpan RequestedTimeout(BatchAppendReq.Types.Options request, DateTimeOffset now) => request.DeadlineOptionCase switch
    {
        DeadlineOptionOneofCase.Deadline => TimeSpan.FromSeconds(Math.Clamp(request.Deadline.Seconds, -1, 86_400)) + TimeSpan.FromTicks(request.Deadline.Nanos / TimeSpan.NanosecondsPerTick),
        DeadlineOptionOneofCase.Deadline21100 => TimeSpan.FromSeconds(Math.Clamp(request.Deadline21100.Seconds - now.ToUnixTimeSeconds(), -1, 86_400)),
        _ => TimeSpan.MaxValue,
    };
}
