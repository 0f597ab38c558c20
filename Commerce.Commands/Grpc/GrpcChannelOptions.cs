namespace Commerce.Commands.Grpc;

/// <summary>A server and how to talk to it.</summary>
sealed record GrpcChannelOptions
{
    /// <summary><c>http</c> (HTTP/2 without TLS, which the server must expect) or <c>https</c>.</summary>
    public required Uri Address { get; init; }

    /// <summary>Sent with each call.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the server's certificate must be one that this machine trusts.</summary>
    public bool VerifyCertificate { get; init; } = true;

    /// <summary>How long a connection may take to come about.</summary>
    public TimeSpan ConnectMax { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Silence after which the server is asked whether it is there.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long it has to say so, before the connection counts as lost.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes that the server may send ahead of a call's reader, to begin with (64 KiB to 16 MiB).</summary>
    public int ReadAheadBytes { get; init; } = 1024 * 1024;

    /// <summary>Bytes of one message from the server at most.</summary>
    public int MessageBytesMax { get; init; } = 32 * 1024 * 1024;
}
