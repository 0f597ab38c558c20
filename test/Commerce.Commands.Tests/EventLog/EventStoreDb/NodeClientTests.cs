using Commerce.Testing.Servers;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>
/// What stands in for the server keeps its rules well enough for a client that is not ours: EventStoreDB's own for Node appends, reads,
/// follows and deletes by it. Where a real server is named, the same is asked of that one.
/// </summary>
public sealed class NodeClientTests
{
    [Test]
    public async Task EventStoreDBs_own_client_for_Node_finds_a_server()
    {
        var ran = await NodeProgram.Run("official-eventstoredb.mjs", [await EventStoreDbForTests.ConnectionString(), EventStoreDbForTests.NewPrefix().Value]);

        Assert.That(ran.ExitCode, Is.Zero, ran.Output + ran.Errors);
        Assert.That(ran.Output.Trim().Split('\n'), Has.Length.EqualTo(11), ran.Output);
    }
}
