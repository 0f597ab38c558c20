using System.Collections.Concurrent;
using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Log;
using Commerce.Testing.Logs;

namespace Commerce.Commands.Tests.FlashSales;

/// <summary>Two processes take the claims of one sale at once, each on what it knows; one goes away in the middle.</summary>
[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.Postgres)]
public sealed class SaleNodesTests(LogEngine engine)
{
    const int Units = 1_000;
    const int Customers = 1_500;
    const int PerCustomer = 2;

    static readonly FlashSaleId Sale = new(Guid.CreateVersion7());
    static readonly StreamName Stream = FlashSale.StreamOf(Sale);
    static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);

    // One batch would sell all that there is: nobody would race.
    static CommandProcessorOptions SmallBatches => new() { BatchMax = 8 };

    [Test]
    public async Task Each_unit_is_sold_once_and_every_promise_is_kept()
    {
        await using var log = await LogForTests.Open(engine);
        await using var staying = new CommandProcessor(log.Log, TimeProvider.System, SmallBatches);
        var leaving = new CommandProcessor(log.Log, TimeProvider.System, SmallBatches);
        await Announce(staying);

        // Everybody asks twice under the same id, of either node, and once more under another.
        var promised = new ConcurrentDictionary<OrderId, int>();
        var asked = Enumerable.Range(0, Customers * 4).Select(async n =>
        {
            var node = n % 2 == 0 && n < Customers * 2 ? leaving : staying;
            var claim = new FlashSaleCommand.Claim(Noon, Id(n % Customers, n / (Customers * 2)), CustomerId.Of($"customer-{n % Customers}"), 1, null);
            var outcome = await AskOnce(node, claim) ?? await Ask(staying, claim);
            switch (outcome)
            {
                case CommandOutcome.Accepted { Events: [FlashSaleEvent.Claimed made] }:
                    Assert.That(promised.GetOrAdd(made.Claim, made.Place), Is.EqualTo(made.Place));
                    break;
                case CommandOutcome.Rejected { Rejection: { Code: FlashSaleRejections.ClaimKnownCode } known }:
                    Assert.That(promised.GetOrAdd(claim.Id, (int)known.Figures["place"]), Is.EqualTo(known.Figures["place"]));
                    break;
            }
        }).ToList();
        await Task.WhenAll(asked.Take(Customers));
        await leaving.DisposeAsync();
        await Task.WhenAll(asked);

        var written = await Claims(log.Log);
        Assert.That(written, Has.Count.EqualTo(Units));
        Assert.That(written.ToDictionary(c => c.Claim, c => c.Place), Is.EquivalentTo(promised));
        Assert.That(written.Select(c => c.Place), Is.EqualTo(Enumerable.Range(1, Units)));
        Assert.That(written.CountBy(c => c.Customer).Max(c => c.Value), Is.LessThanOrEqualTo(PerCustomer));
    }

    static async Task Announce(CommandProcessor node)
    {
        FlashSaleCommand[] commands =
        [
            new FlashSaleCommand.Announce(Noon, Sale, Sku.Of("MUG"), "Mug", Units, new Money(1, Currency.Of("GBP")), Noon, Noon.AddHours(1), PerCustomer, 15),
            new FlashSaleCommand.Stock([new(LocationId.Of("main"), Units)]),
        ];
        foreach (var command in commands)
        {
            Assert.That(await Ask(node, command), Is.InstanceOf<CommandOutcome.Accepted>());
        }
    }

    static async Task<CommandOutcome> Ask(CommandProcessor node, FlashSaleCommand command)
    {
        while (true)
        {
            if (await AskOnce(node, command) is { } outcome)
            {
                return outcome;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1));
        }
    }

    // Null: the node has too much to do, or it is going; what became of the claim whoever is asked next knows.
    static async Task<CommandOutcome?> AskOnce(CommandProcessor node, FlashSaleCommand command)
    {
        try
        {
            var outcome = await node.Handle(FlashSale.Decider, Stream, command, new CommandContext("test"), default);
            return outcome is CommandOutcome.Overloaded ? null : outcome;
        }
        catch (EventLogUnavailableException)
        {
            return null;
        }
    }

    static async Task<List<FlashSaleEvent.Claimed>> Claims(IEventLog log)
    {
        var claims = new List<FlashSaleEvent.Claimed>();
        await foreach (var recorded in log.ReadStream(Stream, ReadDirection.Forwards, 0, int.MaxValue, default))
        {
            if (EventCatalog.Read(recorded) is FlashSaleEvent.Claimed claim)
            {
                claims.Add(claim);
            }
        }

        return claims;
    }

    static OrderId Id(int customer, int round) => new(Uuid.FromName(Sale.Value, $"{customer}/{round}"));
}
