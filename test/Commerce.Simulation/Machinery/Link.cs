namespace Commerce.Simulation.Machinery;

/// <summary>
/// A process's connection to a server. A request that was sent off arrives although its sender dies meanwhile; a request or
/// an answer may be lost, and then the caller learns only that no answer came.
/// </summary>
/// <param name="node">Who asks.</param>
/// <param name="scheduler">Time.</param>
/// <param name="faults">What goes wrong.</param>
/// <param name="away">The fault that who is asked is away.</param>
/// <param name="requestLost">The fault that loses requests.</param>
/// <param name="answerLost">The fault that loses answers.</param>
/// <param name="timeout">How long the caller waits.</param>
/// <param name="unavailable">What the caller is told then.</param>
sealed class Link(Node node, Scheduler scheduler, Faults faults, Fault away, Fault requestLost, Fault answerLost, TimeSpan timeout, Func<Exception> unavailable)
{
    static readonly TimeSpan TravelMin = TimeSpan.FromMicroseconds(200);
    static readonly TimeSpan TravelMax = TimeSpan.FromMilliseconds(5);

    /// <summary>Asks the server to do something, and waits for its answer.</summary>
    /// <param name="what">What it is asked.</param>
    /// <param name="of">What with.</param>
    /// <param name="serve">What it does, when the request arrives.</param>
    public Task<T> Call<T>(string what, object? of, Func<T> serve)
    {
        var answer = new TaskCompletionSource<T>();
        if (faults.IsAway(away) || faults.Strikes(requestLost))
        {
            GiveUp(what, of, answer);
            return answer.Task;
        }

        var isAnswered = !faults.Strikes(answerLost);
        scheduler.After(Travel(), () => Arrive(what, of, serve, answer, isAnswered));
        if (!isAnswered)
        {
            GiveUp(what, of, answer);
        }

        return answer.Task;
    }

    void Arrive<T>(string what, object? of, Func<T> serve, TaskCompletionSource<T> answer, bool isAnswered)
    {
        T result;
        try
        {
            result = serve();
        }
        catch (Exception e)
        {
            if (isAnswered)
            {
                node.After(Travel(), () => node.GoOn($"refused: {what}", of, () => answer.SetException(e)));
            }

            return;
        }

        if (isAnswered)
        {
            node.After(Travel(), () => node.GoOn(what, of, () => answer.SetResult(result)));
        }
    }

    void GiveUp<T>(string what, object? of, TaskCompletionSource<T> answer) => node.After(timeout, () => node.GoOn($"no answer: {what}", of, () => answer.SetException(unavailable())));

    TimeSpan Travel() => scheduler.Between(TravelMin, TravelMax);
}
