using Commerce.Domain.Payments;
using Commerce.Domain.Tests.Spec;
using FsCheck;
using FsCheck.Fluent;

namespace Commerce.Domain.Tests.Payments;

/// <summary>Whatever is asked of a payment, in whatever order: an independent ledger of amounts in pence predicts.</summary>
[FsCheck.NUnit.Properties(Arbitrary = [typeof(PaymentProperties)], MaxTest = 500, Replay = "20101201,7")]
public sealed class PaymentProperties
{
    static readonly OrderId Order = new(new Guid("0190aaaa-0000-7000-8000-000000000001"));
    static readonly Guid[] Ids = [.. Enumerable.Range(1, 4).Select(n => new Guid(n, 0, 0, new byte[8]))];

    [FsCheck.NUnit.Property]
    public void Money_is_taken_once_within_what_is_authorised_and_given_back_within_what_was_taken(PaymentCommand[] commands)
    {
        var payment = Payment.None;
        var (asked, taken, owed, given) = (new Dictionary<Guid, int>(), new Dictionary<Guid, int>(), new Dictionary<Guid, int>(), new Dictionary<Guid, int>());
        foreach (var command in commands.Prepend(new PaymentCommand.Request(Order, Pence(1_000), null, null)))
        {
            foreach (var @event in Payment.Decide(command, payment).Events)
            {
                payment = Payment.Evolve(payment, @event);
                switch (@event)
                {
                    case PaymentEvent.CaptureRequested e:
                        asked.Add(e.Capture, InPence(e.Amount));
                        break;
                    case PaymentEvent.Captured e:
                        Assert.That(asked[e.Capture], Is.EqualTo(InPence(e.Amount)));
                        taken.Add(e.Capture, InPence(e.Amount));
                        break;
                    case PaymentEvent.RefundRequested e:
                        owed.Add(e.Refund, InPence(e.Amount));
                        break;
                    case PaymentEvent.Refunded e:
                        Assert.That(owed[e.Refund], Is.EqualTo(InPence(e.Amount)));
                        given.Add(e.Refund, InPence(e.Amount));
                        break;
                }
            }

            Assert.That(asked.Values.Sum(), Is.LessThanOrEqualTo(1_000));
            Assert.That(owed.Values.Sum(), Is.LessThanOrEqualTo(taken.Values.Sum()));
            Assert.That((InPence(payment.Captured), InPence(payment.Refunded)), Is.EqualTo((taken.Values.Sum(), given.Values.Sum())));
            Assert.That(payment.Status is not (PaymentStatus.Voiding or PaymentStatus.Voided or PaymentStatus.Declined or PaymentStatus.Expired) || asked.Count == 0);
        }
    }

    [FsCheck.NUnit.Property]
    public void Replaying_the_log_gives_the_state_that_deciding_gave(PaymentCommand[] commands) =>
        Replaying.GivesTheSame(Payment.Decider, commands.Prepend(new PaymentCommand.Request(Order, Pence(1_000), null, null)));

    public static Arbitrary<PaymentCommand> Commands()
    {
        var id = Gen.Elements(Ids);
        var amount = Gen.Frequency((10, Gen.Choose(1, 600)), (1, Gen.Elements(0, -1, 1_000, int.MaxValue)));
        return Gen.Frequency(
            (4, Gen.Constant<PaymentCommand>(new PaymentCommand.Authorise("a"))),
            (5, id.SelectMany(_ => amount, PaymentCommand (i, a) => new PaymentCommand.RequestCapture(i, Pence(a)))),
            (5, id.Select(PaymentCommand (i) => new PaymentCommand.Capture(i, "c"))),
            (5, id.SelectMany(_ => amount, PaymentCommand (i, a) => new PaymentCommand.RequestRefund(i, Pence(a)))),
            (5, id.Select(PaymentCommand (i) => new PaymentCommand.Refund(i, "r"))),
            (1, Gen.Elements<PaymentCommand>(
                new PaymentCommand.Decline("no"), new PaymentCommand.Expire(default), new PaymentCommand.RequestVoid(VoidReason.OrderRejected), new PaymentCommand.Void("v")))).ToArbitrary();
    }

    static Money Pence(int amount) => new(amount / 100m, Currency.Of("GBP"));

    static int InPence(Money amount) => (int)(amount.Amount * 100);
}
