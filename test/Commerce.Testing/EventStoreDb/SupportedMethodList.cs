using Commerce.Commands.EventLog.EventStoreDb.Wire;

namespace Commerce.Testing.EventStoreDb;

/// <summary>What server 23.10.6 says it can do, in its order.</summary>
static class SupportedMethodList
{
    static readonly string[] OfStreamsAndAll = ["stream", "all"];

    public static IReadOnlyList<SupportedMethod> All { get; } =
    [
        .. Methods("redaction.redaction", [], "geteventpositions", "switchchunks"),
        .. Methods("persistent_subscriptions.persistentsubscriptions", OfStreamsAndAll, "create", "update", "delete", "read", "getinfo", "replayparked", "list", "restartsubsystem"),
        .. Methods("users.users", [], "create", "update", "delete", "disable", "enable", "details", "changepassword", "resetpassword"),
        .. Methods("streams.streams", ["position", "events"], "read"),
        .. Methods("streams.streams", [], "append", "delete", "tombstone"),
        .. Methods("streams.streams", ["deadline_duration"], "batchappend"),
        .. Methods("operations.operations", [], "startscavenge", "stopscavenge", "shutdown", "mergeindexes", "resignnode", "setnodepriority", "restartpersistentsubscriptions"),
        .. Methods("gossip.gossip", [], "read"),
        .. Methods("monitoring.monitoring", [], "stats"),
        .. Methods("server_features.serverfeatures", [], "getsupportedmethods"),
    ];

    static IEnumerable<SupportedMethod> Methods(string service, string[] features, params string[] names) =>
        names.Select(name => new SupportedMethod { MethodName = name, ServiceName = "event_store.client." + service, Features = { features } });
}
