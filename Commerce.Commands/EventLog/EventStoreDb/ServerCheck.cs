using System.Globalization;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Commands.Grpc;
using Commerce.Domain.Log;

namespace Commerce.Commands.EventLog.EventStoreDb;

/// <summary>Finds out, before anything relies on it, whether the server can be reached, lets us in and does what Commerce needs.</summary>
sealed class ServerCheck(EventStoreDbConnectionString connection, ClusterNodes nodes, LogReads reads, EventStoreDbOptions options, TimeProvider time)
{
    const string StreamsService = "event_store.client.streams.streams";

    /// <summary>The first version whose subscriptions say when they have caught up.</summary>
    static readonly Version VersionMin = new(23, 10);

    /// <summary>The end of the log.</summary>
    /// <exception cref="EventLogException">The server will not do; the message says why.</exception>
    public async Task<LogPosition> Run(CancellationToken cancellationToken)
    {
        using var stop = new CancellationTokenSource(options.OpenMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop.Token, cancellationToken);
        try
        {
            await Features(either.Token);
            return (await reads.Newest(filter: null, either.Token)).Position;
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EventLogUnavailableException($"EventStoreDB at {string.Join(", ", connection.Hosts)} did not answer within {options.OpenMax.TotalSeconds:0.###} s.", e);
        }
    }

    async Task Features(CancellationToken cancellationToken)
    {
        var server = await nodes.Current(cancellationToken);
        try
        {
            var supported = await server.Unary(WireMethods.SupportedMethods, new Empty(), options.AnswerMax, cancellationToken);
            if (!supported.Methods.Any(m => m.ServiceName == StreamsService && m.MethodName == "batchappend"))
                throw TooOld(server, supported, "which cannot take many appends over one call");
            if (VersionOf(supported) is { } version && version < VersionMin)
                throw TooOld(server, supported, "whose subscriptions do not say when they have caught up");
        }
        catch (GrpcException e)
        {
            nodes.Failed(server, e);
            throw EventStoreDbFaults.Of(e, server.Address);
        }
    }

    static EventStoreDbRefusedException TooOld(GrpcChannel server, SupportedMethods supported, string why) =>
        new($"EventStoreDB at {EventStoreDbFaults.Name(server.Address)} is of version {supported.EventStoreServerVersion}, {why}; Commerce needs {VersionMin} or newer.");

    // "23.10.6", "24.2.0-alpha.1"; null where the server says nothing of the kind.
    static Version? VersionOf(SupportedMethods supported) =>
        supported.EventStoreServerVersion.Split('.', '-') is [var major, var minor, ..]
        && int.TryParse(major, NumberStyles.None, CultureInfo.InvariantCulture, out var first)
        && int.TryParse(minor, NumberStyles.None, CultureInfo.InvariantCulture, out var second)
            ? new(first, second)
            : null;
}
