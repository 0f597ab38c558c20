using Commerce.Domain.FlashSales;
using Commerce.Domain.Tests.Spec;
using FsCheck;
using FsCheck.Fluent;
using static Commerce.Domain.Tests.FlashSales.FlashSaleWords;

namespace Commerce.Domain.Tests.FlashSales;

/// <summary>Whatever is asked of a sale, in whatever order: an independent account of its units predicts, the decider answers.</summary>
[FsCheck.NUnit.Properties(Arbitrary = [typeof(FlashSaleProperties)], MaxTest = 500, Replay = "20101201,7")]
public sealed class FlashSaleProperties
{
    const int Units = 6;
    const int PerCustomer = 2;

    [FsCheck.NUnit.Property]
    public void Units_are_conserved_and_nobody_has_more_than_the_limit(FlashSaleCommand[] commands)
    {
        var account = new Account();
        Play(commands, (command, decision, state) =>
        {
            foreach (var @event in decision)
            {
                account.Apply(@event);
            }

            Assert.That((state.Remaining, state.Claimed, state.GivenBack), Is.EqualTo((account.Remaining, account.Claims.Values.Sum(c => c.Left), account.GivenBack)), () => $"{command}");
            Assert.That(state.Remaining + state.Claimed + state.GivenBack, Is.EqualTo(state.Units));
            Assert.That(new[] { state.Remaining, state.Claimed, state.GivenBack }, Is.All.Not.Negative);
            foreach (var customer in account.Claims.Values.GroupBy(c => c.Customer))
            {
                Assert.That((customer.Sum(c => c.Left), state.UnitsOf(customer.Key)), Is.LessThanOrEqualTo((PerCustomer, PerCustomer)));
                Assert.That(state.UnitsOf(customer.Key), Is.EqualTo(customer.Sum(c => c.Left)));
            }

            foreach (var (id, claim) in account.Claims)
            {
                Assert.That(state.Find(id)?.Left, Is.EqualTo(claim.Left));
            }
        });
    }

    [FsCheck.NUnit.Property]
    public void Nothing_happens_twice_to_a_claim(FlashSaleCommand[] commands)
    {
        var happened = new HashSet<(string, OrderId)>();
        Play(commands, (_, decision, _) =>
        {
            foreach (var @event in decision)
            {
                Assert.That(IdOf(@event) is not { } id || happened.Add((@event.GetType().Name, id)), () => $"{@event} happened before.");
            }
        });
    }

    [FsCheck.NUnit.Property]
    public void A_closed_sale_has_nothing_left_and_sells_nothing(FlashSaleCommand[] commands) => Play(commands, (command, decision, state) =>
    {
        Assert.That(!state.IsClosed || state.Remaining == 0, () => $"{state.Remaining} units remain after {command}.");
        Assert.That(!state.IsClosed || !decision.Any(e => e is FlashSaleEvent.Claimed), Is.True);
    });

    [FsCheck.NUnit.Property]
    public void What_an_append_that_failed_had_added_is_taken_back_whole(FlashSaleCommand[] commands, PositiveInt length)
    {
        // As a node that loses a race does it: decide a batch, forget it, begin again where it began.
        var state = Stock();
        foreach (var batch in commands.Chunk(1 + (length.Get % 7)))
        {
            var before = Canonical(state);
            _ = Decided(state, batch, []);
            Assert.That(Canonical(state), Is.EqualTo(before));
            state = Decided(state, batch, []);
        }

        var whole = Decided(Stock(), commands, []);
        Assert.That(Canonical(state), Is.EqualTo(Canonical(whole)));
    }

    [FsCheck.NUnit.Property]
    public void Replaying_the_log_gives_the_state_that_deciding_gave(FlashSaleCommand[] commands)
    {
        var log = new List<FlashSaleEvent>();
        var decided = Decided(Stock(), commands, log);
        var replayed = log.Aggregate(Stock(), (state, e) => FlashSale.Evolve(state, Through.Json(e)));
        Assert.That(Canonical(replayed), Is.EqualTo(Canonical(decided)));
    }

    [FsCheck.NUnit.Property]
    public void A_snapshot_and_what_follows_give_the_state_of_the_whole(FlashSaleCommand[] commands, NonNegativeInt at)
    {
        FlashSaleCommand[] opening = [Announce, new FlashSaleCommand.Stock([new(Main, Units - 2), new(Spare, 2)])];
        Replaying.GivesTheSameFromASnapshot(FlashSale.Decider, [.. opening, .. commands], Math.Max(1, at.Get % (commands.Length + 3)), Canonical);
    }

    [Test]
    public void A_state_that_was_taken_back_says_so()
    {
        var state = Stock();
        var taken = FlashSale.Evolve(state, Claimed(1, "ann"));
        FlashSale.Evolve(state, Claimed(2, "ben", place: 1));
        FlashSale.Evolve(state, Claimed(3, "cat", place: 1));
        Assert.That(() => taken.Find(Claim(1)), Is.Null);
        _ = state.Find(Claim(1));
        Assert.That(() => taken.Find(Claim(1)), Throws.InvalidOperationException);
    }

    public static Arbitrary<FlashSaleCommand> Commands()
    {
        var claim = Gen.Choose(1, 12);
        var customer = Gen.Elements("ann", "ben", "cat", "dan");
        var minute = Gen.Choose(0, 70).Select(m => (double)m);
        return Gen.Frequency(
            (12, claim.SelectMany(_ => customer, (n, c) => (n, c)).SelectMany(_ => minute, (x, m) => (x.n, x.c, m)).SelectMany(
                _ => Gen.Elements<(int, string?)>((1, null), (2, null), (1, "tok"), (3, null)), FlashSaleCommand (x, q) => Wants(x.n, x.c, q.Item1, q.Item2, x.m))),
            (4, claim.SelectMany(_ => minute, FlashSaleCommand (n, m) => Pay(n, m))),
            (3, claim.SelectMany(_ => Gen.Choose(0, 2), FlashSaleCommand (n, q) => new FlashSaleCommand.Return(Claim(n), q))),
            (3, minute.Select(FlashSaleCommand (m) => Tick(m))),
            (1, Gen.Constant<FlashSaleCommand>(new FlashSaleCommand.Close()))).ToArbitrary();
    }

    static FlashSale Stock() => new[] { Announced, Stocked((Main, Units - 2), (Spare, 2)) }.Aggregate(FlashSale.None, FlashSale.Evolve);

    static void Play(IEnumerable<FlashSaleCommand> commands, Action<FlashSaleCommand, IReadOnlyList<FlashSaleEvent>, FlashSale> look)
    {
        var state = Stock();
        foreach (var command in commands)
        {
            var events = FlashSale.Decide(command, state).Events;
            state = events.Aggregate(state, FlashSale.Evolve);
            look(command, events, state);
        }
    }

    static FlashSale Decided(FlashSale state, IEnumerable<FlashSaleCommand> commands, List<FlashSaleEvent> log)
    {
        foreach (var command in commands)
        {
            var events = FlashSale.Decide(command, state).Events;
            log.AddRange(events);
            state = events.Aggregate(state, FlashSale.Evolve);
        }

        return state;
    }

    static string Canonical(FlashSale s) => string.Join(
        "; ",
        [$"{s.Remaining} {s.Claimed} {s.GivenBack} {s.Claims} {s.IsClosed}", .. s.Unclaimed.Concat(s.Returns).Select(u => $"{u}"), .. Enumerable.Range(1, 12).Select(n => $"{s.Find(Claim(n))}"), .. new[] { "ann", "ben", "cat", "dan" }.Select(c => $"{s.UnitsOf(CustomerId.Of(c))}")]);

    static OrderId? IdOf(FlashSaleEvent @event) => @event switch
    {
        FlashSaleEvent.Claimed e => e.Claim,
        FlashSaleEvent.PaymentGiven e => e.Claim,
        FlashSaleEvent.ClaimReturned e => e.Claim,
        _ => null,
    };

    /// <summary>The account: whose each unit is.</summary>
    sealed class Account
    {
        public int Remaining { get; private set; } = Units;

        public int GivenBack { get; private set; }

        public Dictionary<OrderId, (CustomerId Customer, int Left)> Claims { get; } = [];

        public void Apply(FlashSaleEvent @event)
        {
            switch (@event)
            {
                case FlashSaleEvent.Claimed e:
                    Claims.Add(e.Claim, (e.Customer, e.Quantity));
                    Remaining -= e.Quantity;
                    break;
                case FlashSaleEvent.ClaimReturned e:
                    Claims[e.Claim] = (Claims[e.Claim].Customer, Claims[e.Claim].Left - e.Quantity);
                    Remaining += e.Quantity;
                    break;
                case FlashSaleEvent.RestReturned e:
                    (Remaining, GivenBack) = (Remaining - e.Quantity, GivenBack + e.Quantity);
                    break;
            }
        }
    }
}
