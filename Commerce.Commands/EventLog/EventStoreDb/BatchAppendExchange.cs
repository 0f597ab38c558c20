using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>One call that appends: requests go out as they come, answers come back as the server has them.</summary>
sealed class BatchAppendExchange : IAsyncDisposable
{
    const string NotHandled = "google.protobuf.Empty";

    readonly ClusterNodes _nodes;
    readonly GrpcChannel _server;
    readonly AppendsInFlight _inFlight;
    readonly EventStoreDbOptions _options;
    readonly TimeProvider _time;
    readonly CancellationToken _stopping;
    readonly CancellationTokenSource _stop;
    readonly GrpcRequests<BatchAppendReq> _requests;
    readonly GrpcCall<BatchAppendResp> _answers;
    long _heardAt;
    volatile bool _saidAll;

    public BatchAppendExchange(ClusterNodes nodes, GrpcChannel server, AppendsInFlight inFlight, EventStoreDbOptions options, TimeProvider time, CancellationToken stopping)
    {
        (_nodes, _server, _inFlight, _options, _time, _stopping) = (nodes, server, inFlight, options, time, stopping);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        _heardAt = time.GetTimestamp();
        (_requests, _answers) = server.Duplex(WireMethods.BatchAppend, _stop.Token);
    }

    /// <summary>Ends the call where the server has said nothing for so long: it takes what it is sent, and does nothing with it.</summary>
    public void GiveUpIfSilentFor(TimeSpan silence)
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _heardAt)) < silence)
            return;

        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just ended by itself.
        }
    }

    /// <summary>Sends and receives until no request will come any more and all are answered.</summary>
    /// <param name="requests">What to send.</param>
    /// <param name="answered">Called with each answer.</param>
    /// <exception cref="EventLogException">The call broke.</exception>
    public async Task Run(AppendRequests requests, Action answered)
    {
        var (sending, receiving) = (Send(requests), Receive(answered));
        try
        {
            // How the call goes, the receiving side says; a sending side that fails is a defect.
            if (await Task.WhenAny(sending, receiving) == sending)
                await sending;

            await receiving;
            if (!_saidAll)
                throw new GrpcException(GrpcStatusCode.Unavailable, "The server ended the call.");
        }
        catch (GrpcException e)
        {
            throw Lost(e);
        }
        catch (OperationCanceledException e) when (!_stopping.IsCancellationRequested)
        {
            throw Lost(new GrpcException(GrpcStatusCode.DeadlineExceeded, "No append was answered in time.", inner: e));
        }
        finally
        {
            await _stop.CancelAsync();
            await Task.WhenAll(sending, receiving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _answers.DisposeAsync();
        _stop.Dispose();
    }

    async Task Send(AppendRequests requests)
    {
        foreach (var request in requests.Unanswered())
        {
            _requests.Write(request);
            if (_requests.BufferedBytes >= _options.FlushBytesMax && !await _requests.Flush(_stop.Token))
                return;
        }

        while (true)
        {
            while (_requests.BufferedBytes < _options.FlushBytesMax && requests.TryTake(out var request))
                _requests.Write(request);

            if (_requests.BufferedBytes > 0)
            {
                if (!await _requests.Flush(_stop.Token))
                    return;
            }
            else if (!await requests.WaitToTake(_stop.Token))
            {
                _saidAll = true;
                _requests.End();
                return;
            }
        }
    }

    async Task Receive(Action answered)
    {
        while (await _answers.WaitToRead())
        {
            Volatile.Write(ref _heardAt, _time.GetTimestamp());
            answered();
            while (_answers.TryRead(out var answer))
            {
                // The member asked is no leader (any more) or not ready: nobody's append gets through here now.
                if (answer.Error?.Details?.TypeUrl.EndsWith(NotHandled, StringComparison.Ordinal) == true)
                    throw new GrpcException(GrpcStatusCode.Unavailable, answer.Error.Message);

                var position = WireEvents.PositionOf(answer.Success?.Position) ?? LogPosition.Start;
                _inFlight.Take(WireIds.FromWire(answer.CorrelationId), position)?.TrySetResult(answer);
            }
        }
    }

    EventLogException Lost(GrpcException fault) => _nodes.Failed(_server, fault)
        ? new EventLogUnavailableException($"The call to EventStoreDB at {EventStoreDbFaults.Name(_server.Address)} broke: {fault.Message}", fault)
        : EventStoreDbFaults.Of(fault, _server.Address);
}
