namespace Commerce.Benchmarks.Load;

/// <summary>What has one request under way at most.</summary>
interface ILoadLane
{
    /// <summary>Which of the plan's paths it posts to.</summary>
    int Path { get; }

    /// <summary>Sends a request where none is under way.</summary>
    void Start(NextRequest next);
}

/// <summary>A connection to the server.</summary>
interface ILoadConnection : IDisposable
{
    /// <summary>What goes over it side by side: over HTTP/1.1 one thing, over HTTP/2 as many as there are streams.</summary>
    IReadOnlyList<ILoadLane> Lanes { get; }

    /// <summary>Connects.</summary>
    void Connect(int port);
}
