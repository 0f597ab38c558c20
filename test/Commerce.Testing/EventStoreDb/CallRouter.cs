using System.Text;
using Commerce.Commands.Grpc;
using Microsoft.AspNetCore.Http;

namespace Commerce.Testing.EventStoreDb;

/// <summary>Finds who answers a call, and ends the call as gRPC does.</summary>
sealed class CallRouter
{
    const string Prefix = "/event_store.client.";

    /// <summary>It says of each append that it is denied.</summary>
    const string BatchAppend = "BatchAppend";

    /// <summary>A timer can wait no longer than some weeks.</summary>
    static readonly TimeSpan DeadlineMax = TimeSpan.FromDays(30);

    readonly EventStoreDbEmulatorOptions _options;
    readonly EmulatedCluster _cluster;
    readonly Faults _faults;
    readonly Dictionary<string, Func<ServerCall, Task>> _streams;
    readonly Dictionary<string, Func<ServerCall, Task>> _open;

    public CallRouter(EventStoreDbEmulatorOptions options, EmulatedLog log, EmulatedCluster cluster, Faults faults, Func<int> port)
    {
        (_options, _cluster, _faults) = (options, cluster, faults);
        var (appends, deletions) = (new AppendService(options, log, faults), new DeleteService(log));
        var (reads, nodes) = (new ReadService(options, log, faults), new NodeService(options, cluster, port));
        _streams = new()
        {
            ["streams.Streams/Read"] = reads.Read,
            ["streams.Streams/Append"] = appends.Append,
            ["streams.Streams/BatchAppend"] = call => new BatchAppendCall(call, options, log, cluster, faults).Run(),
            ["streams.Streams/Delete"] = deletions.Delete,
            ["streams.Streams/Tombstone"] = deletions.Tombstone,
        };
        _open = new()
        {
            ["gossip.Gossip/Read"] = nodes.Gossip,
            ["server_features.ServerFeatures/GetSupportedMethods"] = nodes.Features,
        };
    }

    /// <summary>Answers one request.</summary>
    public async Task Handle(HttpContext http)
    {
        http.Response.ContentType = "application/grpc";
        using var deadline = Deadline(http);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, http.RequestAborted);
        var call = new ServerCall(http, ended.Token);
        try
        {
            await Answer(http, call);
        }
        catch (CallCutException)
        {
            // Told to end without a status.
        }
        catch (Exception) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens any more.
        }
        catch (Exception e)
        {
            call.Fail(e switch
            {
                GrpcException status => status,
                OperationCanceledException when deadline.IsCancellationRequested => ServerErrors.DeadlineExceeded(),
                _ => ServerErrors.Thrown(e),
            });
        }
    }

    CancellationTokenSource Deadline(HttpContext http) =>
        GrpcTimeout.TryParse(http.Request.Headers[GrpcTimeout.Header], out var timeout)
            ? new(timeout < DeadlineMax ? timeout : DeadlineMax, _options.Time)
            : new();

    async Task Answer(HttpContext http, ServerCall call)
    {
        var path = http.Request.Path.Value ?? "";
        var name = path.StartsWith(Prefix, StringComparison.Ordinal) ? path[Prefix.Length..] : "";
        var method = name[(name.IndexOf('/', StringComparison.Ordinal) + 1)..];
        if (_faults.NextCall(method) is { } refusal)
            throw refusal;
        if (_options.MethodsLeftOut.Contains(method.ToLowerInvariant()))
            throw ServerErrors.Unimplemented();

        if (_streams.TryGetValue(name, out var answer))
        {
            call.IsDenied = !IsKnown(http.Request.Headers.Authorization.ToString());
            if (call.IsDenied && method != BatchAppend)
                throw ServerErrors.AccessDenied();
            _cluster.CheckServes(call);
        }
        else if (!_open.TryGetValue(name, out answer))
        {
            throw ServerErrors.Unimplemented();
        }

        await answer(call);
        call.Succeed();
    }

    /// <summary>Whether somebody calls who may; whoever says to be somebody has to prove it.</summary>
    bool IsKnown(string header)
    {
        if (_options.Credentials is not { } credentials)
            return true;
        if (header.Length == 0)
            return false;

        var expected = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.User}:{credentials.Password}"));
        return header.Equals(expected, StringComparison.Ordinal) ? true : throw ServerErrors.Unauthenticated();
    }
}

/// <summary>The call ends here without a status.</summary>
sealed class CallCutException : Exception;
