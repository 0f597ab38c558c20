namespace Commerce.Testing.EventStoreDb;

/// <summary>What server the emulator is. The defaults are those of EventStoreDB 23.10 run with <c>--insecure</c>.</summary>
public sealed class EventStoreDbEmulatorOptions
{
    /// <summary>Where it listens on 127.0.0.1; 0: the system chooses, and every restart keeps that.</summary>
    public int Port { get; init; }

    /// <summary>TLS with a certificate made in the process, which nobody trusts unless told to.</summary>
    public bool Tls { get; init; }

    /// <summary>Who may use its streams; nothing: everybody.</summary>
    public EmulatorCredentials? Credentials { get; init; }

    /// <summary>Bytes of one append at most: data, metadata and two for each character of the types.</summary>
    public int AppendBytesMax { get; init; } = 1_048_576;

    /// <summary>How long the parts of one append may take to come, where the client asks for no shorter time.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What it says it is.</summary>
    public string Version { get; init; } = "23.10.6";

    /// <summary>Methods that it has not, by lower-case name, such as <c>batchappend</c>: neither listed nor answered.</summary>
    public IReadOnlyCollection<string> MethodsLeftOut { get; init; } = [];

    /// <summary>Features of methods that it does not list, such as <c>deadline_duration</c>.</summary>
    public IReadOnlyCollection<string> FeaturesLeftOut { get; init; } = [];

    /// <summary>How many event ids it remembers for appends that name no revision; the server keeps 8 MB of them.</summary>
    public int RecentIdsMax { get; init; } = 100_000;

    /// <summary>Whether a restart makes it forget them, as it does the server. Repeats at exact revisions are found in the streams all the same.</summary>
    public bool ForgetsIdsOnRestart { get; init; } = true;

    /// <summary>Events of clients after which the server writes one of its own between them.</summary>
    public int SystemEventInterval { get; init; } = 50;

    /// <summary>Events that a live subscription may be behind before it is told so.</summary>
    public int LiveEventsMax { get; init; } = 1_000;

    /// <summary>Another node, whose log this one shares as a replica that is never behind.</summary>
    public EventStoreDbEmulator? ReplicaOf { get; init; }

    /// <summary>The server's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

/// <summary>A user of the server.</summary>
public sealed record EmulatorCredentials(string User, string Password);
