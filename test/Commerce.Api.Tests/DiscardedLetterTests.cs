using Commerce.Api.Composition;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Domain;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Log;
using Commerce.Domain.Orders;
using Commerce.Testing.Servers;

namespace Commerce.Api.Tests;

/// <summary>Discarding gives up a message, not its order.</summary>
[TestFixture]
public sealed class DiscardedLetterTests
{
    const string Queue = "commerce-fulfilment";

    [Test]
    public async Task The_audit_goes_on_naming_an_order_that_lacks_what_was_discarded()
    {
        await using var database = await PostgresForTests.CreateDatabase();
        string order;
        Guid letter;

        // Where nobody fulfils orders one can be given up before it is heard of.
        await using (var door = await CommerceApp.Start((CommerceSettings.PostgresKey, database.ConnectionString), (CommerceSettings.RolesKey, "api,projections")))
        {
            var shopper = new Shopper(door);
            await shopper.Stock("MUG");
            order = (await shopper.Order("MUG", "order-1")).Field("orderId");
            letter = await GiveUp(door, order);
        }

        await using var app = await CommerceApp.Start((CommerceSettings.PostgresKey, database.ConnectionString));
        var discarded = await Terminal.Run("ops", "dead-letters", "discard", letter.ToString(), "--reason", "nobody wants it", "--postgres", database.ConnectionString);
        Assert.That(discarded.Code, Is.Zero, discarded.Output + discarded.Error);
        var other = (await new Shopper(app).Order("MUG", "order-2")).Field("orderId");
        await new Shopper(app).Until($"/orders/{other}", r => r.Status == 200 && r.Field("status") == "confirmed");

        var audit = await Terminal.Run("audit", "--require-settled", "--postgres", database.ConnectionString);
        Assert.That(audit.Code, Is.EqualTo(1), audit.Output);
        Assert.That(audit.Output, Does.Contain($"order-{order}").And.Contain("1 settled, 1 open").And.Not.Contain($"order-{other}"));
        Assert.That((await Terminal.Run("audit", "--postgres", database.ConnectionString)).Code, Is.Zero, "It may still be fulfilled by hand.");
    }

    static async Task<Guid> GiveUp(CommerceApp app, string order)
    {
        await foreach (var placed in app.Host.Log.ReadStream(Order.StreamOf(OrderId.Parse(order, null)), ReadDirection.Forwards, 0, 1, default))
        {
            var fact = new HeldFact { OrderId = Guid.Parse(order), Type = placed.Type, Data = System.Text.Encoding.UTF8.GetString(placed.Data.Span), OccurredAt = placed.RecordedAt, Position = placed.Position.Value };
            await new DeadLetterTable(app.Host.Database).Keep(HeldMessage.Of(Queue, placed.Id, fact), "InvalidDataException: It is broken.", DateTimeOffset.UtcNow, default);
            return DeadLetter.IdOf(Queue, placed.Id);
        }

        throw new AssertionException("It was not placed.");
    }
}
