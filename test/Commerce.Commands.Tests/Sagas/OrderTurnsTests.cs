using Commerce.Commands.Sagas;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>Turns of orders.</summary>
public sealed class OrderTurnsTests
{
    static readonly Guid Order = Guid.CreateVersion7();

    [Test]
    public async Task What_is_of_one_order_is_done_one_after_another_as_it_came()
    {
        var turns = new OrderTurns();
        var gates = Enumerable.Range(0, 3).Select(_ => new TaskCompletionSource()).ToArray();
        var begun = new List<int>();
        var taken = gates.Select((gate, n) => turns.Take(Order, () => Begin(begun, n, gate.Task))).ToArray();

        Assert.That(begun, Is.EqualTo(new[] { 0 }));
        gates[2].SetResult();
        gates[0].SetResult();
        await taken[0];
        gates[1].SetResult();
        await Task.WhenAll(taken);
        Assert.That(begun, Is.EqualTo(new[] { 0, 1, 2 }));
    }

    [Test]
    public async Task However_many_orders_wait_another_one_does_not()
    {
        var turns = new OrderTurns();
        var gate = new TaskCompletionSource();
        var waiting = Enumerable.Range(0, 10_000).Select(_ => turns.Take(Guid.CreateVersion7(), () => gate.Task)).ToArray();

        var begun = new List<int>();
        await turns.Take(Order, () => Begin(begun, 0, Task.CompletedTask));

        Assert.That((begun.Count, waiting.Any(w => w.IsCompleted)), Is.EqualTo((1, false)));
        gate.SetResult();
        await Task.WhenAll(waiting);
    }

    [Test]
    public async Task A_turn_that_fails_is_over_all_the_same()
    {
        var turns = new OrderTurns();
        var begun = new List<int>();
        var failing = turns.Take(Order, () => Task.FromException(new InvalidOperationException("so it is")));
        var next = turns.Take(Order, () => Begin(begun, 0, Task.CompletedTask));

        Assert.That(async () => await failing, Throws.InvalidOperationException);
        await next;
        Assert.That(begun, Is.EqualTo(new[] { 0 }));
    }

    static Task Begin(List<int> begun, int n, Task until)
    {
        begun.Add(n);
        return until;
    }
}
