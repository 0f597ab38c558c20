using Commerce.Api.Endpoints;
using Commerce.Api.Grpc;
using Commerce.Domain.Log;
using Google.Protobuf;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Http;
using Wire = Commerce.Api.Grpc.V1;

namespace Commerce.Api.Tests.Grpc;

/// <summary>
/// Clients on real connections whose flow-control window is full and stays so (RFC 9113, 5.2): the server holds a bounded amount for them, lets
/// them go after the time it names, and serves others meanwhile, on the same connection as on another.
/// </summary>
[TestFixture]
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GrpcBackPressureTests
{
    const uint Nothing = 0;
    const uint Plenty = 65_535;

    // What Kestrel keeps of an answer before it has those wait who write it: its default.
    const int KeptBytesMax = 64 * 1024;

    // The id of a sale alone takes more.
    const int FiguresBytesMin = 32;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    static readonly Wire.FollowRequest Quick = new() { StreamPrefixes = { "quick-" } };

    GrpcWireServer? _server;

    GrpcWireServer Server => _server ?? throw new InvalidOperationException("There is no server.");

    [SetUp]
    public async Task Start() => _server = await GrpcWireServer.Start();

    [TearDown]
    public async Task Stop() => await Server.DisposeAsync();

    [Test]
    public async Task A_follower_that_takes_nothing_is_handed_a_bounded_part_of_the_log_and_let_go_while_others_on_its_connection_are_served()
    {
        await Append("quick-1", events: 1, bytes: 100);
        await Append("order-1", events: 1_000, bytes: 1_000);
        using var client = await UnreadingClient.To(Server.Address, Nothing);
        await client.Call(1, "Audit/Follow", isAll: true, new Wire.FollowRequest());
        await Server.Time.Waits(GrpcLimits.TakeMax).WaitAsync(Patience);

        await client.Call(3, "Audit/Follow", isAll: true, Quick);
        await client.Take(3, Plenty);
        await client.Hears(3);
        await OtherConnectionsAreServed();
        await IsLetGoInTime(client, eventsMax: (KeptBytesMax / 1_000) + 1);

        await client.Call(5, "Audit/Follow", isAll: true, Quick);
        await client.Take(5, Plenty);
        await client.Hears(5);
    }

    [Test]
    public async Task A_follower_whose_whole_connection_takes_no_more_is_handed_the_event_that_fills_it_and_let_go()
    {
        await Append("quick-1", events: 1, bytes: 100);
        await Append("order-1", events: 100, bytes: 1_000_000);
        using var client = await UnreadingClient.To(Server.Address, int.MaxValue);
        await client.Call(1, "Audit/Follow", isAll: true, new Wire.FollowRequest { StreamPrefixes = { "order-" } });
        await Server.Time.Waits(GrpcLimits.TakeMax).WaitAsync(Patience);
        await OtherConnectionsAreServed();
        await IsLetGoInTime(client, eventsMax: 1);
    }

    [Test]
    public async Task A_listener_to_a_sale_that_takes_nothing_is_told_no_more_and_let_go_while_others_are()
    {
        using var client = await UnreadingClient.To(Server.Address, Nothing);
        var sale = new Wire.WatchRequest { SaleId = Server.Sale.Id.ToString() };
        await client.Call(1, "FlashSales/Watch", isAll: true, sale);

        // It is told how the sale goes again and again, until that is more than is kept for it.
        while (await Server.Time.All.ReadAsync().AsTask().WaitAsync(Patience) is var wait && wait != GrpcLimits.TakeMax)
        {
            Server.Time.Advance(wait == FlashSaleLive.LookEvery ? wait : TimeSpan.Zero);
        }

        var told = Server.Sale.Looks;
        Server.Time.Advance(GrpcLimits.TakeMax - Moment);
        Assert.That(Server.Sale.Looks, Is.EqualTo(told).And.LessThan(KeptBytesMax / FiguresBytesMin));

        using var channel = GrpcChannel.ForAddress(Server.Address);
        using (var other = new Wire.FlashSales.FlashSalesClient(channel).Watch(sale))
        {
            Assert.That(await other.ResponseStream.MoveNext(default).WaitAsync(Patience), Is.True);
        }

        Server.Time.Advance(Moment);
        await client.IsLetGo(1);
    }

    [Test]
    public async Task Of_a_client_that_takes_no_answers_a_bounded_number_of_commands_is_read_and_it_is_let_go()
    {
        await Append("quick-1", events: 1, bytes: 100);
        using var client = await UnreadingClient.To(Server.Address, Nothing);
        await client.Call(1, "Commands/Execute", isAll: false, Enumerable.Range(1, 4_000).Select(IMessage (n) => new Wire.Command { Id = (ulong)n }));
        await Server.Time.Waits(GrpcLimits.TakeMax).WaitAsync(Patience);
        await OtherConnectionsAreServed();
        Server.Time.Advance(GrpcLimits.TakeMax);
        await client.IsLetGo(1);

        Assert.That(Read(), Is.InRange(1, GrpcLimits.AnswersTogetherMax + GrpcLimits.StreamCommandsMax), "Those of a write that hangs, and those that wait for the next.");
    }

    [Test]
    public async Task Of_the_log_nothing_is_held_any_more_for_a_follower_that_has_left()
    {
        using var channel = GrpcChannel.ForAddress(Server.Address);
        using (var following = new Wire.Audit.AuditClient(channel).Follow(new()))
        {
            Assert.That(await following.ResponseStream.MoveNext(default).WaitAsync(Patience), Is.True);
            Assert.That(Server.Log.Followers.Single().Left.IsCompleted, Is.False);
        }

        await Server.Log.Followers.Single().Left.WaitAsync(Patience);
    }

    async Task IsLetGoInTime(UnreadingClient client, int eventsMax)
    {
        var follower = Server.Log.Followers[0];
        Server.Time.Advance(GrpcLimits.TakeMax - Moment);
        Assert.That(follower.Left.IsCompleted, Is.False);

        Server.Time.Advance(Moment);
        await follower.Left.WaitAsync(Patience);
        Assert.That(follower.Messages, Is.InRange(1, eventsMax));
        await client.IsLetGo(1);
    }

    async Task OtherConnectionsAreServed()
    {
        using var channel = GrpcChannel.ForAddress(Server.Address);
        using var following = new Wire.Audit.AuditClient(channel).Follow(Quick);
        Assert.That(await following.ResponseStream.MoveNext(default).WaitAsync(Patience), Is.True);
        Assert.That(following.ResponseStream.Current.Event.Stream, Is.EqualTo("quick-1"));
    }

    // Each command that was read has taken one of those that the client may send.
    int Read()
    {
        var call = new DefaultHttpContext();
        call.Features.Set(GrpcWireServer.Operator);
        var left = 0;
        while (Server.Limits.TryTakeMore(call, out _))
        {
            left++;
        }

        return GrpcWireServer.Allowance - left;
    }

    async Task Append(string stream, int events, int bytes)
    {
        var data = System.Text.Encoding.ASCII.GetBytes($"\"{new string('x', bytes)}\"");
        for (var n = 0; n < events; n++)
        {
            await Server.Log.Append(StreamName.Parse(stream, null), ExpectedRevision.Any, [new(Guid.NewGuid(), "order-placed.v1", data, "{}"u8.ToArray())], default);
        }
    }
}
