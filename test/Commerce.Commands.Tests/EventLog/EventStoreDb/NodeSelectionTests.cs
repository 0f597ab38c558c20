using Commerce.Commands.EventLog.EventStoreDb;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using State = Commerce.Commands.EventLog.EventStoreDb.Wire.MemberInfo.Types.VNodeState;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

[TestFixture]
sealed class NodeSelectionTests
{
    static readonly MemberInfo[] Whole = [At(1, State.Follower), At(2, State.Leader), At(3, State.ReadOnlyReplica), At(4, State.Follower)];

    [TestCase(NodePreference.Leader, new[] { 2 })]
    [TestCase(NodePreference.Follower, new[] { 1, 4 })]
    [TestCase(NodePreference.ReadOnlyReplica, new[] { 3 })]
    [TestCase(NodePreference.Random, new[] { 1, 2, 3, 4 })]
    public void A_member_as_preferred_is_picked_and_each_of_them_some_time(NodePreference preference, int[] ports) =>
        Assert.That(Picked(preference, Whole), Is.EquivalentTo(ports));

    [TestCase(NodePreference.Leader, new int[0])]
    [TestCase(NodePreference.Follower, new[] { 3 })]
    [TestCase(NodePreference.ReadOnlyReplica, new[] { 3 })]
    public void The_dead_and_those_that_do_not_serve_are_passed_over_and_nobody_replaces_the_leader(NodePreference preference, int[] ports) =>
        Assert.That(
            Picked(preference, At(1, State.Follower, alive: false), At(2, State.Leader, alive: false), At(3, State.PreReplica), At(4, State.CatchingUp), At(5, State.Manager), At(6, State.ShuttingDown), new() { State = State.Leader, IsAlive = true }),
            Is.EquivalentTo(ports));

    [Test]
    public void An_empty_cluster_has_nobody() => Assert.That(Picked(NodePreference.Random), Is.Empty);

    static int[] Picked(NodePreference preference, params MemberInfo[] members)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 100).Select(_ => NodeSelection.Pick(new ClusterInfo { Members = { members } }, preference, random)?.Port ?? 0).Where(p => p > 0).Distinct()];
    }

    static MemberInfo At(uint port, State state, bool alive = true) => new() { State = state, IsAlive = alive, HttpEndPoint = new() { Address = "a", Port = port } };
}
