using System.Text.Json;
using Commerce.Commands.Payments;
using Commerce.Commands.Payments.Callbacks;
using Commerce.Domain;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Log;
using Commerce.Domain.Payments;
using Commerce.Testing;
using Commerce.Testing.Logs;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>Orders whose payment the provider answers later, or never.</summary>
public sealed class PendingAnswerTests
{
    Shop? _shop;

    Shop Store => _shop ?? throw new InvalidOperationException();

    [SetUp]
    public async Task Open()
    {
        _shop = await Shop.On(LogEngine.InMemory, ShortPauses.Options(null));
        await Store.Receive("mug", 10);
        await Store.Start();
    }

    [TearDown]
    public async Task Close() => await (_shop?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task An_order_waits_for_the_callback_and_goes_on_with_it_under_the_correlation_that_it_had()
    {
        var id = await Pending();
        Assert.That((await Store.PaymentOf(id)).Status, Is.EqualTo(PaymentStatus.Requested));
        Assert.That((await Tell(id, new ProviderAnswer.Approved("ref-1"))).State, Is.EqualTo(CallbackState.Applied));
        await Store.Settles(id, FulfilmentPhase.Confirmed);
        Assert.That((await Tell(id, new ProviderAnswer.Approved("ref-1"))).State, Is.EqualTo(CallbackState.Applied), "told again it changes nothing");

        var authorised = (await Store.Log.ReadStream(Payment.StreamOf(PaymentId.For(id)), ReadDirection.Backwards, long.MaxValue, 1, default).Collect()).Single();
        var metadata = EventMetadata.TryRead(authorised.Metadata);
        Assert.That((authorised.Type, metadata?.CorrelationId, metadata?.CausationId, metadata?.Actor), Is.EqualTo(("payment-authorised.v1", "corr-1", $"msg-{id}", CallbackApplier.Actor)));
    }

    [Test]
    public async Task A_no_that_comes_by_callback_rejects_the_order()
    {
        var id = await Pending();
        await Tell(id, new ProviderAnswer.Declined("no-funds"));
        await Store.Settles(id, FulfilmentPhase.Undone);
        Assert.That((await Store.StockOf("mug")).Available, Is.EqualTo(10));
    }

    [Test]
    public async Task A_payment_of_which_nothing_is_heard_ends_at_its_time_and_a_later_yes_goes_back()
    {
        var id = await Pending();
        Store.Time.Pass(TimeSpan.FromMinutes(16));
        await Store.Settles(id, FulfilmentPhase.Undone);
        await Tell(id, new ProviderAnswer.Approved("ref-1"));
        await Store.Until(async () => (await Store.PaymentOf(id)).Status == PaymentStatus.Voided);
        await Store.Settles(id, FulfilmentPhase.Undone);
        Assert.That(Store.Provider.Books.Select(b => b.Kind), Is.EqualTo(new[] { "authorise", "void" }));
    }

    /// <summary>An order that the provider was asked to be paid for, and said that it will tell.</summary>
    async Task<OrderId> Pending()
    {
        var id = await Store.Place(ScriptedProvider.Pending, ("mug", 2));
        await Shop.Tried(() => !Store.Provider.Books.IsEmpty);
        return id;
    }

    Task<KeptCallback> Tell(OrderId order, ProviderAnswer answer)
    {
        var news = ProviderCallback.Of(new(PaymentId.For(order), PaymentMovement.Authorisation, null, answer), Store.Time.GetUtcNow());
        var kept = new KeptCallback("provider", $"msg-{order}", JsonSerializer.SerializeToUtf8Bytes(news, ProviderJson.Default.ProviderCallback), Store.Time.GetUtcNow(), CallbackState.Waiting);
        return new CallbackApplier(new PaymentNewsRecorder(Store.Processor, Store.Time), Store.Log, new CallbackOptions(), Store.Time).Apply(kept, default);
    }
}
