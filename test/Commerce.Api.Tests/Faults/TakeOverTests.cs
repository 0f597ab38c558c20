using Commerce.Faults.People;

namespace Commerce.Api.Tests.Faults;

/// <summary>What one of two processes does alone is done by the other when that one dies, or hangs.</summary>
[TestFixture]
[NonParallelizable]
public sealed class TakeOverTests
{
    /// <summary>Starts and the settling included, on a busy machine.</summary>
    const int TimeMaxMs = 280_000;

    const int OrdersPerSecond = 5;

    static readonly TimeSpan TakeOverMax = TimeSpan.FromSeconds(10);

    /// <summary>Orders that only one of two late processes can end take some seconds more.</summary>
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [TestCase(false, TestName = "A process that leads and is killed under load is replaced within ten seconds and nothing happens twice")]
    [TestCase(true, TestName = "A process that leads and hangs is replaced within ten seconds and does no harm when it goes on")]
    [CancelAfter(TimeMaxMs)]
    public async Task Work_moves(bool hangs, CancellationToken ct)
    {
        await using var nodes = await TwoNodes.Open(ct);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var coming = nodes.Customers.Come(OrdersPerSecond, over.Token, ct);
        await nodes.SlowProvider(true, ct);
        await TwoNodes.Until(() => Task.FromResult(nodes.Customers.Promises.OfType<Promise.Taken>().Any()), Patience, "an order is taken", ct);

        if (hangs)
        {
            await nodes.First.Freeze(ct);
        }
        else
        {
            nodes.First.Kill();
        }

        await TwoNodes.Until(() => TwoNodes.LeadsAll(nodes.Second, ct), TakeOverMax, "the second leads everything", ct);

        // The relay brings it to its saga, the deadlines end it for want of an answer in time, and the read model shows that.
        var order = await TwoNodes.Order(nodes.Second, "after", ct);
        nodes.Customers.Note(new Promise.Taken("after", order));
        await TwoNodes.Until(
            async () => await TwoNodes.StatusOf(nodes.Second, order, ct) == "rejected paymentExpired", hangs ? Patience : TakeOverMax + TwoNodes.TimeToPay, "an order is fulfilled by the second", ct);

        await nodes.SlowProvider(false, ct);
        if (hangs)
        {
            await nodes.First.Thaw(ct);
        }

        await over.CancelAsync();
        if (!hangs)
        {
            await nodes.First.Start(ct);
        }

        await coming;
        Assert.That(await nodes.Offences(ct), Is.Empty);
    }
}
