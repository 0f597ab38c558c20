using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using static Commerce.Commands.EventLog.EventStoreDb.Wire.BatchAppendReq.Types.Options;
using Status = Commerce.Commands.EventLog.EventStoreDb.Wire.Status;

namespace Commerce.Testing.EventStoreDb;

/// <summary>Why an append of a batch was not taken: a status of its own with one detail.</summary>
static class BatchAppendErrors
{
    public static Status WrongExpectedVersion(long actual, BatchAppendReq.Types.Options request)
    {
        var detail = new WrongExpectedVersion();
        if (actual < 0)
            detail.CurrentNoStream = new();
        else
            detail.CurrentStreamRevision = (ulong)actual;

        switch (request.ExpectedStreamPositionCase)
        {
            case ExpectedStreamPositionOneofCase.StreamPosition:
                detail.ExpectedStreamPosition = request.StreamPosition;
                break;
            case ExpectedStreamPositionOneofCase.NoStream:
                detail.ExpectedNoStream = new();
                break;
            case ExpectedStreamPositionOneofCase.StreamExists:
                detail.ExpectedStreamExists = new();
                break;
            default:
                detail.ExpectedAny = new();
                break;
        }

        return Error(GrpcStatusCode.AlreadyExists, nameof(WrongExpectedVersion), detail);
    }

    public static Status StreamDeleted(StreamIdentifier stream) =>
        Error(GrpcStatusCode.NotFound, nameof(StreamDeleted), new StreamDeleted { StreamIdentifier = stream });

    public static Status TooLarge(int bytesMax) =>
        Error(GrpcStatusCode.InvalidArgument, nameof(MaximumAppendSizeExceeded), new MaximumAppendSizeExceeded { MaxAppendSize = (uint)bytesMax });

    public static Status BadRequest(string message) => Error(GrpcStatusCode.InvalidArgument, nameof(BadRequest), new BadRequest { Message = message });

    public static Status AccessDenied() => Error(GrpcStatusCode.PermissionDenied, nameof(AccessDenied), new AccessDenied());

    public static Status Timeout() => Error(GrpcStatusCode.DeadlineExceeded, nameof(Timeout), new Commands.EventLog.EventStoreDb.Wire.Timeout());

    static Status Error(GrpcStatusCode code, string message, IMessage detail) => new() { Code = (int)code, Message = message, Details = Any.Pack(detail) };
}
