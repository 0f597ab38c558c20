using System.Collections.Concurrent;
using Commerce.Commands.Numbering;
using FsCheck;
using FsCheck.Fluent;

namespace Commerce.Commands.Tests.Numbering;

public sealed class OrderNumbersTests
{
    const int Worker = 7;
    const long ForeverMs = long.MaxValue;
    static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    static readonly long NoonMs = Noon.ToUnixTimeMilliseconds();

    [Test]
    public void A_number_tells_its_time_and_its_worker()
    {
        var (_, numbers) = Leased();

        var number = numbers.Next();

        Assert.That((OrderNumberLayout.TimeOf(number), OrderNumberLayout.WorkerOf(number)), Is.EqualTo((Noon, Worker)));
    }

    [Test]
    public void Numbers_given_at_once_by_many_are_unique_and_grow_for_each_who_asks()
    {
        var (_, numbers) = Leased(TimeProvider.System);
        var given = new ConcurrentBag<List<long>>();
        Parallel.For(0, 8, _ => given.Add([.. Enumerable.Range(0, 20_000).Select(_ => numbers.Next())]));

        Assert.That(given, Has.All.Ordered.Ascending);
        Assert.That(given.SelectMany(g => g).Distinct().Count(), Is.EqualTo(8 * 20_000));
    }

    [FsCheck.NUnit.Property]
    public Property Numbers_grow_whatever_the_clock_does_or_are_refused() =>
        Prop.ForAll(Gen.Choose(-3_000, 3_000).ListOf().ToArbitrary(), steps =>
        {
            var (clock, numbers) = Leased();
            var last = 0L;
            foreach (var step in steps)
            {
                clock.NowMs += step;
                if (numbers.IsReady)
                {
                    var next = numbers.Next();
                    Assert.That(next, Is.GreaterThan(last));
                    Assert.That(Math.Abs((OrderNumberLayout.TimeOf(next) - clock.GetUtcNow()).TotalMilliseconds), Is.LessThanOrEqualTo(OrderNumbers.AheadMsMax));
                    last = next;
                }
                else
                {
                    Assert.That(numbers.Next, Throws.InstanceOf<OrderNumbersUnavailableException>());
                }
            }
        });

    [Test]
    public void A_clock_that_steps_back_a_little_changes_nothing_and_one_that_runs_back_is_not_followed()
    {
        var (clock, numbers) = Leased();
        var first = numbers.Next();

        clock.NowMs -= OrderNumbers.AheadMsMax;
        Assert.That(numbers.Next(), Is.EqualTo(first + 1));

        clock.NowMs -= 1;
        Assert.That(numbers.Next, Throws.InstanceOf<OrderNumbersUnavailableException>().With.Message.Contains("behind"));
        Assert.That(numbers.IsReady, Is.False);

        clock.NowMs += 1;
        Assert.That(numbers.Next(), Is.EqualTo(first + 2));
    }

    [Test]
    public void A_clock_that_stands_still_gives_no_more_numbers_than_may_run_ahead_of_it()
    {
        var (_, numbers) = Leased();
        var last = 0L;
        for (var n = 0; n < (OrderNumberLayout.SequenceMax + 1) * (OrderNumbers.AheadMsMax + 1); n++)
        {
            last = numbers.Next();
        }

        Assert.That(OrderNumberLayout.TimeOf(last), Is.EqualTo(Noon.AddMilliseconds(OrderNumbers.AheadMsMax)));
        Assert.That(numbers.Next, Throws.InstanceOf<OrderNumbersUnavailableException>());
    }

    [Test]
    public void No_number_is_given_without_a_lease_or_after_it()
    {
        var clock = new Clock { NowMs = NoonMs };
        var numbers = new OrderNumbers(clock);
        Assert.That(numbers.Next, Throws.InstanceOf<OrderNumbersUnavailableException>());

        numbers.Hold(new WorkerLease(Worker, Guid.NewGuid(), 0, NoonMs + 10));
        clock.NowMs += 10;
        Assert.That(numbers.Next, Throws.Nothing);
        clock.NowMs += 1;
        Assert.That(numbers.Next, Throws.InstanceOf<OrderNumbersUnavailableException>().With.Message.Contains("lapsed"));

        numbers.Hold(new WorkerLease(Worker, Guid.NewGuid(), 0, NoonMs + 20));
        Assert.That(numbers.Next, Throws.Nothing);
    }

    [Test]
    public void An_owner_with_a_slow_clock_begins_after_all_that_the_owner_before_may_have_used()
    {
        var (_, numbers) = Leased(firstMs: NoonMs + 500);
        Assert.That(OrderNumberLayout.TimeOf(numbers.Next()), Is.EqualTo(Noon.AddMilliseconds(500)));

        var (_, late) = Leased(firstMs: NoonMs + OrderNumbers.AheadMsMax + 1);
        Assert.That(late.Next, Throws.InstanceOf<OrderNumbersUnavailableException>());
    }

    [Test]
    public void Parts_that_do_not_fit_make_no_number()
    {
        var beforeEpoch = OrderNumberLayout.Epoch.ToUnixTimeMilliseconds() - 1;
        Assert.That(() => OrderNumberLayout.Compose(beforeEpoch, 0, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => OrderNumberLayout.Compose(NoonMs, OrderNumberLayout.WorkersMax, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => OrderNumberLayout.Compose(NoonMs, 0, OrderNumberLayout.SequenceMax + 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(OrderNumberLayout.Compose(beforeEpoch + (1L << 41), OrderNumberLayout.WorkersMax - 1, OrderNumberLayout.SequenceMax), Is.EqualTo(long.MaxValue));
    }

    static (Clock Clock, OrderNumbers Numbers) Leased(TimeProvider? time = null, long firstMs = 0)
    {
        var clock = new Clock { NowMs = NoonMs };
        var numbers = new OrderNumbers(time ?? clock);
        numbers.Hold(new WorkerLease(Worker, Guid.NewGuid(), firstMs, ForeverMs));
        return (clock, numbers);
    }

    sealed class Clock : TimeProvider
    {
        public long NowMs { get; set; }

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(NowMs);
    }
}
