using System.Text;
using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;

namespace Commerce.Api.Tests.Cli;

/// <summary>The verb <c>ops dead-letters</c> on the private PostgreSQL of a data folder, beside a process that serves from it and after it.</summary>
[TestFixture]
public sealed class EmbeddedDeadLetterTests
{
    const string Queue = "commerce-fulfilment";

    readonly EmbeddedShop _shop = new();

    [Test]
    public async Task Letters_of_the_private_server_are_listed_replayed_and_discarded_with_a_reason()
    {
        await using (var serving = await _shop.Serve())
        {
            var (mended, unwanted) = (await Letter(serving.Host), await Letter(serving.Host));
            var listed = await Ops("list");
            Assert.That(listed.Code, Is.Zero, listed.Error);
            Assert.That(listed.Output, Does.Contain(mended.ToString()).And.Contain(unwanted.ToString()).And.Contain("2 dead letters, 2 of them not settled."));

            var replayed = await Ops("replay", mended.ToString(), "--reason", "mended in 1.4.2");
            Assert.That((replayed.Code, replayed.Output), Is.EqualTo((0, $"{mended} is replaying; 0 wait behind it.{Environment.NewLine}")), replayed.Error);
            await Handled(serving.Host, mended);

            IsRefused(await Ops("discard", unwanted.ToString()), "--reason");
            IsRefused(await Ops("discard", unwanted.ToString(), "--reason", ""), "reason-invalid");
            var discarded = await Ops("discard", unwanted.ToString(), "--reason", "refunded by hand");
            Assert.That((discarded.Code, discarded.Output), Is.EqualTo((0, $"{unwanted} is discarded; 0 wait behind it.{Environment.NewLine}")), discarded.Error);
        }

        // Nobody serves any more: the verb starts the private server by itself, and stops it.
        var settled = await Ops("list");
        Assert.That(settled.Output, Does.Contain("handled").And.Contain("discarded").And.Contain("2 dead letters, 0 of them not settled."), settled.Error);
        Assert.That((await Ops("list", "--state", "open")).Output.Trim(), Is.EqualTo("0 dead letters, 0 of them not settled."));
        foreach (var verb in new[] { "show", "replay", "discard" })
        {
            string[] reason = verb == "show" ? [] : ["--reason", "mended"];
            IsRefused(await Ops([verb, Guid.NewGuid().ToString(), .. reason]), "There is no such dead letter.");
        }
    }

    [TearDown]
    public async Task CleanUp() => await _shop.DisposeAsync();

    Task<Said> Ops(params string[] arguments) => Terminal.Run(["ops", "dead-letters", .. arguments, "--data", _shop.Folder]);

    static void IsRefused(Said said, string why)
    {
        Assert.That(said.Code, Is.EqualTo(2), said.Output + said.Error);
        Assert.That(said.Error.Split('\n').Where(line => line.StartsWith("commerce: ", StringComparison.Ordinal)).ToList(), Has.Count.EqualTo(1).And.One.Contains(why), said.Error);
        Assert.That(said.Error, Does.Not.Contain("   at "));
    }

    // An order that was called off, of which nobody heard before: handled again, its saga notes it.
    static async Task<Guid> Letter(CommerceHost host)
    {
        var cancelled = new OrderEvent.Cancelled("changed my mind", CancelCause.Customer);
        var fact = new HeldFact { OrderId = Guid.CreateVersion7(), Type = EventCatalog.NameOf(cancelled), Data = Encoding.UTF8.GetString(EventCatalog.ToJson(cancelled)), OccurredAt = DateTimeOffset.UtcNow, Position = 1 };
        var message = HeldMessage.Of(Queue, Guid.CreateVersion7(), fact);
        await new DeadLetterTable(host.Database).Keep(message, "InvalidDataException: It is broken.", DateTimeOffset.UtcNow, default);
        return DeadLetter.IdOf(Queue, message.EventId);
    }

    static async Task Handled(CommerceHost host, Guid letter)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var e in host.Log.Subscribe(LogPosition.Start, StreamFilter.Categories("deadletter"), limit.Token))
        {
            if (e is LogMessage.Appeared { Event: { Type: "dead-letter-handled.v1" } handled } && handled.Stream == DeadLetter.StreamOf(letter))
            {
                return;
            }
        }
    }
}
