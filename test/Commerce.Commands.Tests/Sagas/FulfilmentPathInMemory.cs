using Commerce.Commands.Sagas;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;
using Commerce.Testing.Logs;

namespace Commerce.Commands.Tests.Sagas;

[TestFixture(LogEngine.InMemory)]
[TestFixture(LogEngine.EventStoreDb)]
public sealed class FulfilmentPathInMemory(LogEngine engine) : FulfilmentPath(engine)
{
    private protected override Task<SagaOptions> Options() => Task.FromResult(ShortPauses.Options(null));

    [Test]
    public async Task The_checkpoint_does_not_pass_what_a_crash_would_forget()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Store.Provider.Gate = gate;
        var waiting = await Store.Place(null, ("mug", 1));
        await Store.Until(async () => (await Store.SagaOf(waiting)).Phase == FulfilmentPhase.Paying);
        var asked = await Requested(waiting);

        // Others go all the way meanwhile; they do not carry the checkpoint past the one that is in the provider's hands.
        var rejected = await Store.Place(null, ("tea", 9));
        await Store.Settles(rejected, FulfilmentPhase.Undone);
        Assert.That(await Store.Checkpoints.Load(default), Is.LessThan(asked));

        gate.SetResult();
        await Store.Settles(waiting, FulfilmentPhase.Confirmed);
        var head = await Store.Log.Head(default);
        await Shop.Tried(() => Store.Checkpoints.Load(default).Result >= head);
    }

    async Task<LogPosition> Requested(OrderId order)
    {
        await foreach (var e in Store.Log.ReadStream(Domain.Payments.Payment.StreamOf(PaymentId.For(order)), ReadDirection.Forwards, 0, 1, default))
        {
            return e.Position;
        }

        throw new InvalidOperationException("The payment is not requested.");
    }
}
