namespace Commerce.Commands.Sagas;

/// <summary>Brings facts to those who act on them.</summary>
interface IFactSender
{
    /// <summary>Ends when it can send.</summary>
    Task Started { get; }

    /// <summary>Whether what was sent and not handled is lost when the process dies.</summary>
    bool ForgetsInCrash { get; }

    /// <summary>
    /// Sends some together; the transport has all of them, or none, when the task ends, which after the loss of a broker may be
    /// never, whatever the token says.
    /// </summary>
    Task Send(Consumers consumer, IReadOnlyList<Fact> facts, CancellationToken cancellationToken);
}
