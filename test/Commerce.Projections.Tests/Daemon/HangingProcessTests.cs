using Commerce.Domain.Inventory;
using Commerce.Projections.Documents;
using Npgsql;
using static Commerce.Projections.Tests.Trade;

namespace Commerce.Projections.Tests.Daemon;

/// <summary>A process that hangs in the middle of a transaction keeps what it has locked no longer than it keeps its lead.</summary>
[TestFixture]
public sealed class HangingProcessTests
{
    // What the making of tables, indexes and checkpoints waits for.
    const string Locked = "LOCK TABLE mt_doc_stockview IN ROW EXCLUSIVE MODE; SELECT FROM commerce.projection_checkpoints FOR UPDATE";

    [Test]
    public async Task Who_leads_next_makes_read_models_and_goes_on_writing_them()
    {
        await using var world = await ReadModelWorld.Create();
        await using (var first = world.Start())
        {
            await first.CaughtUp();
        }

        await using var database = new ReadDatabase(new ProjectionOptions { ConnectionString = world.ConnectionString });
        Assert.ThrowsAsync<ReadModelUnavailableException>(
            () => database.Use(
                async connection =>
                {
                    await using var transaction = await connection.BeginTransactionAsync();
                    await using var held = new NpgsqlCommand(Locked, connection);
                    await held.ExecuteNonQueryAsync();

                    await using var next = world.Start();
                    await world.Append(StockStream("CUP"), new StockEvent.Received(5, "delivery 1"));
                    await next.CaughtUp();
                    return await held.ExecuteNonQueryAsync();
                },
                CancellationToken.None),
            "who hung learns that its transaction is lost");

        Assert.That(await world.Rows("SELECT data->>'onHand' FROM mt_doc_stockview"), Is.EqualTo((string[])["5"]));
    }
}
