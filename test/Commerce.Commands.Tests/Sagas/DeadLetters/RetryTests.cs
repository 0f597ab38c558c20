using System.Collections.Concurrent;
using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Fulfilment;

namespace Commerce.Commands.Tests.Sagas.DeadLetters;

/// <summary>How often a message is tried before it is a dead letter, and what is waited for in between.</summary>
[TestFixture(false)]
[TestFixture(true)]
public sealed class RetryTests(bool isOnBroker) : HeldOrders(isOnBroker)
{
    /// <summary>A timer may ring as much too early as the clock that it is measured with is coarse.</summary>
    static readonly TimeSpan ClockStep = TimeSpan.FromMilliseconds(5);

    [Test]
    public void Unless_it_is_told_otherwise_it_pauses_1_5_and_15_seconds() =>
        Assert.That(new SagaOptions().RetryPauses, Is.EqualTo(new[] { TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15) }));

    [Test]
    public async Task A_message_is_tried_once_and_again_after_each_pause_and_is_then_a_dead_letter()
    {
        var tries = new ConcurrentQueue<long>();
        Watch(_ => tries.Enqueue(TimeProvider.System.GetTimestamp()));
        var (_, letter) = await Broken();

        Assert.That(letter.Attempts, Is.EqualTo(1));
        Assert.That(tries, Has.Count.EqualTo(Pauses.Count + 1));
        Assert.That(PausesBetween([.. tries]).Zip(Pauses, (seen, pause) => seen - pause), Is.All.GreaterThan(-ClockStep));
    }

    [Test]
    public async Task A_replay_is_tried_as_often()
    {
        var (order, letter) = await Broken();
        var tries = new ConcurrentQueue<OrderId>();
        Watch(tries.Enqueue);
        await Replay(letter);
        await Shop.Tried(() => LetterOf(order) is { Attempts: 2, Status: DeadLetterStatus.Open });
        Assert.That(tries, Is.EqualTo(Enumerable.Repeat(order, Pauses.Count + 1)));
    }

    [Test]
    public async Task What_works_on_the_last_try_is_no_dead_letter()
    {
        var tries = 0;
        Watch(_ =>
        {
            if (Interlocked.Increment(ref tries) == Pauses.Count + 1)
            {
                Mend();
            }
        });
        var order = await PlaceBroken();
        await Store.Settles(order, FulfilmentPhase.Confirmed);
        Assert.That(Store.Letters.Letters, Is.Empty);
    }

    static IReadOnlyList<TimeSpan> Pauses => ShortPauses.Options(null).RetryPauses;

    static TimeSpan[] PausesBetween(long[] times) => [.. times.Zip(times.Skip(1), (one, next) => TimeProvider.System.GetElapsedTime(one, next))];
}
