using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;

namespace Commerce.Testing.EventStoreDb;

/// <summary>What a reader is sent: nothing waits here but what fills the pipe.</summary>
sealed class ReadAnswer(ServerCall call, UuidForm form, ReadCut? cut)
{
    /// <summary>Records that are taken from the log at once.</summary>
    public const int PageRecordsMax = 256;

    int _sent;

    public LogRecord[] Page { get; } = new LogRecord[PageRecordsMax];

    public CancellationToken Ended => call.Ended;

    public void Put(LogRecord record)
    {
        CheckCut();
        call.Write(record.Frame(form));
    }

    public void Put(ReadResp message)
    {
        CheckCut();
        call.Write(message);
    }

    public ValueTask Flush() => call.Flush();

    /// <summary>Flushes where enough is written.</summary>
    public ValueTask FlushFull() => call.IsFull ? call.Flush() : ValueTask.CompletedTask;

    void CheckCut()
    {
        if (cut is { } told && _sent++ == told.AfterMessages)
            throw told.Status is { } status ? new GrpcException(status, "The emulator was told to end here.") : new CallCutException();
    }
}
