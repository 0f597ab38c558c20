namespace Commerce.Api.Http;

/// <summary>A request that cannot be understood, found while its parameters are read: the framework's way to leave that is an exception.</summary>
sealed class RefusedRequestException(Problem problem) : BadHttpRequestException(problem.Detail, problem.Status)
{
    /// <summary>What the client is told.</summary>
    public Problem Problem { get; } = problem;
}
