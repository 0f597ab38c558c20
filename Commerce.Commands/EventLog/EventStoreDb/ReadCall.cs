using System.Diagnostics.CodeAnalysis;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>A read or subscription on one server, with its faults as the port knows them.</summary>
sealed class ReadCall(GrpcChannel server, GrpcCall<ReadResp> call, ClusterNodes nodes, StreamName? stream) : IAsyncDisposable
{
    public GrpcChannel Server => server;

    /// <summary>How long the next answer may take; null: as long as the server is there.</summary>
    public TimeSpan? SilenceMax
    {
        get => call.SilenceMax;
        set => call.SilenceMax = value;
    }

    /// <summary>Waits for the first answer, or the end.</summary>
    /// <exception cref="GrpcException">Neither came.</exception>
    public async Task Begin() => await call.WaitToRead();

    /// <summary>The next answer, where it is there.</summary>
    /// <exception cref="EventLogException">It cannot be read.</exception>
    public bool TryRead([NotNullWhen(true)] out ReadResp? answer)
    {
        try
        {
            return call.TryRead(out answer);
        }
        catch (GrpcException e)
        {
            throw EventStoreDbFaults.Of(e, server.Address, stream);
        }
    }

    /// <summary>Waits for the next answer; false at the end.</summary>
    /// <exception cref="EventLogException">The read failed.</exception>
    public async ValueTask<bool> WaitToRead()
    {
        try
        {
            return await call.WaitToRead();
        }
        catch (GrpcException e)
        {
            nodes.Failed(server, e);
            throw EventStoreDbFaults.Of(e, server.Address, stream);
        }
    }

    public ValueTask DisposeAsync() => call.DisposeAsync();
}
