using System.Diagnostics;
using Commerce.Commands.EventLog.EventStoreDb.Wire;

namespace Commerce.Commands.Tests.EventLog.EventStoreDb;

/// <summary>What the emulator does wrong when told to.</summary>
[TestFixture]
sealed class EmulatorFaultTests : EmulatorFixture
{
    [SetUp]
    public Task Run() => Start();

    [TestCase(true, 3)]
    [TestCase(false, 0)]
    public async Task It_drops_its_clients_in_the_middle_of_a_batch_with_the_appends_written_or_not(bool isWritten, int written)
    {
        var call = Call(Streams + "BatchAppend");
        await call.Send(Batch("before", Any, Events(1)));
        await call.Next(BatchAppendResp.Parser);
        if (isWritten)
            Server.Faults.DropAfterWriting(3);
        else
            Server.Faults.DropBeforeWriting(3);

        await call.Send(Batch("a", Any, Events(1)));
        await call.Send(Batch("a", Any, Events(1)), Batch("a", Any, Events(1)));

        Assert.That(async () => await call.Next(BatchAppendResp.Parser), Throws.InstanceOf<IOException>());
        Assert.That(Revisions(await Read(OfStream("a"))), Has.Length.EqualTo(written));
        await Given("a", Events(1));
    }

    [Test]
    public async Task A_single_append_is_dropped_alike()
    {
        Server.Faults.DropAfterWriting(1);
        var call = Call(Streams + "Append");
        await call.Send(new AppendReq { Options = new() { StreamIdentifier = Stream("a"), Any = new() } }, Proposed());
        await call.Complete();

        Assert.That(async () => await call.Next(AppendResp.Parser), Throws.InstanceOf<HttpRequestException>());
        Assert.That(Revisions(await Read(OfStream("a"))), Has.Length.EqualTo(1));
    }

    [Test]
    public async Task It_answers_late_what_it_has_written()
    {
        var late = TimeSpan.FromMilliseconds(150);
        Server.Faults.AnswerLate(late, 1);
        var watch = Stopwatch.StartNew();

        await Given("a", Events(1));

        Assert.That(watch.Elapsed, Is.GreaterThanOrEqualTo(late - TimeSpan.FromMilliseconds(10)));
    }

    [Test]
    public async Task It_answers_twice()
    {
        Server.Faults.AnswerTwice(1);
        var call = Call(Streams + "BatchAppend");
        await call.Send(Batch("a", Any, Events(1)), Batch("b", Any, Events(1)));

        var answers = await call.Next(BatchAppendResp.Parser, 3);

        Assert.That(answers.Select(a => a.StreamIdentifier.StreamName.ToStringUtf8()), Is.EqualTo(new[] { "a", "a", "b" }));
        Assert.That(answers[1], Is.EqualTo(answers[0]));
    }

    [Test]
    public async Task It_cuts_a_read_without_a_status_or_with_one()
    {
        await Given("a", Events(10));
        Server.Faults.CutRead(4);
        Server.Faults.CutRead(0, status: 14);

        var silent = await Ask(Streams + "Read", OfStream("a"));
        Assert.That(await silent.Next(ReadResp.Parser, int.MaxValue), Has.Count.EqualTo(4));
        Assert.That(await silent.Ending(), Does.Not.ContainKey("grpc-status"));
        var refused = await Ask(Streams + "Read", OfStream("a"));
        Assert.That(await refused.Next(ReadResp.Parser), Is.Null);
        Assert.That((await refused.Ending())["grpc-status"], Is.EqualTo("14"));
        Assert.That(Revisions(await Read(OfStream("a"))), Has.Length.EqualTo(10));
    }

    [Test]
    public async Task It_refuses_calls_with_a_status()
    {
        Server.Faults.Refuse(8, "100 % busy", method: "Read", headers: new Dictionary<string, string> { ["exception"] = "too-busy" });

        await Given("a", Events(1));
        var refused = await (await Ask(Streams + "Read", OfStream("a"))).Ending();

        Assert.That((refused["grpc-status"], refused["grpc-message"], refused["exception"]), Is.EqualTo(("8", "100 %25 busy", "too-busy")));
        Assert.That(await Read(OfStream("a")), Is.Not.Empty);
    }

    [Test]
    public async Task It_stops_accepting_and_accepts_again()
    {
        Server.Faults.StopAccepting();
        using var impatient = ClientOf(Server);
        using var patience = new CancellationTokenSource();
        await using var call = RawCall.Begin(impatient, "gossip.Gossip/Read", patience.Token);
        await call.Send(new Empty());
        await call.Complete();
        patience.CancelAfter(TimeSpan.FromMilliseconds(100));
        Assert.That(async () => await call.Ending(), Throws.InstanceOf<OperationCanceledException>());

        Server.Faults.AcceptAgain();

        await Given("a", Events(1));
    }

    static AppendReq Proposed()
    {
        var e = Event("{}");
        return new() { ProposedMessage = new() { Id = e.Id, Metadata = { e.Metadata }, Data = e.Data } };
    }
}
