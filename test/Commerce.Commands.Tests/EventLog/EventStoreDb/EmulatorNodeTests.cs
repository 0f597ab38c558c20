using System.Text;
using Commerce.Commands.EventLog.EventStoreDb.Wire;
using Commerce.Testing.EventStoreDb;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>The emulator as a node: who may speak to it, what it says of its cluster, and that it can be killed.</summary>
[TestFixture]
sealed class EmulatorNodeTests : EmulatorFixture
{
    const string Gossip = "gossip.Gossip/Read";
    const string Features = "server_features.ServerFeatures/GetSupportedMethods";

    [Test]
    public async Task Gossip_tells_of_a_node_that_leads_alone()
    {
        await Start();

        var member = (await Members()).Single();

        Assert.That((member.HttpEndPoint.Address, member.HttpEndPoint.Port), Is.EqualTo(("127.0.0.1", (uint)Server.Port)));
        Assert.That((member.State, member.IsAlive), Is.EqualTo((MemberInfo.Types.VNodeState.Leader, true)));
    }

    [Test]
    public async Task A_follower_names_its_leader_to_those_who_require_one_and_serves_the_others()
    {
        await Start();
        await Given("a", Events(1));
        Server.Cluster.Follow("node-2", 2113);

        var refused = await (await Ask(Streams + "Read", OfStream("a"), ("requires-leader", "True"))).Ending();

        Assert.That((refused["grpc-status"], refused["exception"], refused["leader-endpoint-host"], refused["leader-endpoint-port"]), Is.EqualTo(("5", "not-leader", "node-2", "2113")));
        Assert.That(await Read(OfStream("a")), Is.Not.Empty);
        Assert.That((await Members()).Select(m => m.State), Is.EqualTo(new[] { MemberInfo.Types.VNodeState.Follower, MemberInfo.Types.VNodeState.Leader }));
    }

    [Test]
    public async Task A_batch_ends_when_its_node_leads_no_more()
    {
        await Start();
        var call = Call(Streams + "BatchAppend", ("requires-leader", "True"));
        await call.Send(Batch("a", Any, Events(1)));
        Assert.That((await call.Next(BatchAppendResp.Parser))?.Success, Is.Not.Null);

        Server.Cluster.Follow("node-2", 2113);
        await call.Send(Batch("a", Any, Events(1)));

        Assert.That(await call.Next(BatchAppendResp.Parser), Is.Null);
        Assert.That((await call.Ending())["exception"], Is.EqualTo("not-leader"));
    }

    [Test]
    public async Task A_node_that_is_not_ready_is_unavailable()
    {
        await Start();
        Server.Cluster.State = MemberState.Initializing;

        Assert.That((await (await Ask(Streams + "Read", OfStream("a"))).Ending())["grpc-status"], Is.EqualTo("14"));
    }

    [Test]
    public async Task A_replica_holds_what_its_leader_holds()
    {
        await Start();
        await Given("a", Events(2));
        var replica = await StartAnother(new() { ReplicaOf = Server });
        using var client = ClientOf(replica);

        await using var call = RawCall.Begin(client, Streams + "Read", Deadline);
        await call.Send(OfStream("a"));
        await call.Complete();

        Assert.That(Revisions(await call.Next(ReadResp.Parser, int.MaxValue)), Is.EqualTo(new[] { 0UL, 1UL }));
    }

    [Test]
    public async Task What_it_can_do_is_listed_without_what_it_is_told_to_lack()
    {
        await Start(new() { Version = "21.2.0", MethodsLeftOut = ["batchappend"], FeaturesLeftOut = ["position"] });

        var list = await (await Ask(Features, new Empty())).Next(SupportedMethods.Parser) ?? new();

        Assert.That(list.EventStoreServerVersion, Is.EqualTo("21.2.0"));
        Assert.That(list.Methods.Select(m => m.MethodName), Does.Not.Contain("batchappend").And.Contain("append"));
        Assert.That(list.Methods.SelectMany(m => m.Features), Does.Not.Contain("position").And.Contain("events"));
        Assert.That((await Call(Streams + "BatchAppend").Ending())["grpc-status"], Is.EqualTo("12"));
        Assert.That((await Call("users.Users/Create").Ending())["grpc-status"], Is.EqualTo("12"));
    }

    [Test]
    public async Task Only_who_proves_who_he_is_may_use_its_streams()
    {
        await Start(new() { Credentials = new("admin", "changeit") });

        Assert.That(Server.ConnectionString, Is.EqualTo($"esdb://admin:changeit@127.0.0.1:{Server.Port}?tls=false"));
        Assert.That((await Ended("admin:wrong"))["grpc-status"], Is.EqualTo("16"));
        Assert.That((await Ended("admin:changeit"))["grpc-status"], Is.EqualTo("0"));
        var denied = await (await Ask(Streams + "Read", OfAll())).Ending();
        Assert.That((denied["grpc-status"], denied["exception"]), Is.EqualTo(("7", "access-denied")));
        Assert.That((await Append("a", Any, Events(1))).Error.Details.Is(AccessDenied.Descriptor), Is.True);
        Assert.That(await Members(), Is.Not.Empty);
    }

    [Test]
    public async Task A_call_ends_when_its_time_is_over()
    {
        await Start();
        var subscription = OfAll(o => (o.All.End, o.Subscription) = (new(), new()));
        var call = await Ask(Streams + "Read", subscription, ("grpc-timeout", "50m"));

        await call.Next(ReadResp.Parser, int.MaxValue);

        Assert.That((await call.Ending())["grpc-status"], Is.EqualTo("4"));
    }

    [Test]
    public async Task Stopped_it_drops_everybody_at_once_and_restarted_it_holds_what_was_durable_on_the_same_port()
    {
        await Start();
        await Given("a", Events(2));
        var (call, port) = (await Ask(Streams + "Read", OfAll(o => (o.All.End, o.Subscription) = (new(), new()))), Server.Port);
        await call.Next(ReadResp.Parser, 2);

        await Server.Stop();

        Assert.That(async () => await call.Next(ReadResp.Parser), Throws.InstanceOf<IOException>());
        Assert.That(async () => await Read(OfStream("a")), Throws.InstanceOf<HttpRequestException>());
        await Server.Restart();
        Assert.That(Server.Port, Is.EqualTo(port));
        Assert.That(Revisions(await Read(OfStream("a"))), Is.EqualTo(new[] { 0UL, 1UL }));
    }

    [Test]
    public async Task Over_TLS_it_shows_a_certificate_of_its_own()
    {
        await Start(new() { Tls = true });
        var shown = "";
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, _) => (shown = certificate?.GetCertHashString()) is not null } };
        using var trusting = new HttpClient(handler) { BaseAddress = new($"https://127.0.0.1:{Server.Port}") };
        await using var call = RawCall.Begin(trusting, Gossip, Deadline);
        await call.Send(new Empty());
        await call.Complete();

        Assert.That((await call.Next(ClusterInfo.Parser))?.Members, Has.Count.EqualTo(1));
        Assert.That(shown, Is.EqualTo(Server.Certificate?.GetCertHashString()));
        using var careful = new HttpClient { BaseAddress = trusting.BaseAddress };
        await using var refused = RawCall.Begin(careful, Gossip, Deadline);
        Assert.That(async () => await refused.Ending(), Throws.InstanceOf<HttpRequestException>());
    }

    [Test]
    public async Task It_runs_as_a_process_of_its_own_until_its_input_ends()
    {
        using var process = EmulatorProcess.Start();
        var address = (await process.StandardOutput.ReadLineAsync(Deadline) ?? "").Replace("esdb://", "http://", StringComparison.Ordinal);
        using var client = new HttpClient { BaseAddress = new(address) };
        await using var call = RawCall.Begin(client, Gossip, Deadline);
        await call.Send(new Empty());
        await call.Complete();
        Assert.That((await call.Next(ClusterInfo.Parser))?.Members, Has.Count.EqualTo(1));

        process.StandardInput.Close();
        await process.WaitForExitAsync(Deadline);

        Assert.That(process.ExitCode, Is.Zero);
    }

    async Task<IReadOnlyList<MemberInfo>> Members() => (await (await Ask(Gossip, new Empty())).Next(ClusterInfo.Parser) ?? new()).Members;

    async Task<Dictionary<string, string>> Ended(string credentials)
    {
        var call = await Ask(Streams + "Read", OfAll(), ("authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials))));
        await call.Next(ReadResp.Parser, int.MaxValue);
        return await call.Ending();
    }
}
