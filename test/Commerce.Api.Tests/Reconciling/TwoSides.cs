using System.Globalization;
using Commerce.Api.Sandbox;
using Commerce.Api.Tests.App;
using Commerce.Api.Tests.Cli;
using Commerce.Commands.Handling;
using Commerce.Commands.Payments;
using Commerce.Domain;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;

namespace Commerce.Api.Tests.Reconciling;

/// <summary>An application in which nobody asks the provider by himself, and a provider: each side hears only what a test lets it hear.</summary>
sealed class TwoSides : IAsyncDisposable
{
    readonly SandboxProvider _sandbox;
    readonly HttpPaymentProvider _provider;

    TwoSides(CommerceApp app, SandboxProvider sandbox)
    {
        (App, _sandbox) = (app, sandbox);
        _provider = new HttpPaymentProvider(new HttpPaymentProviderOptions { BaseAddress = sandbox.Address }, TimeProvider.System);
    }

    public CommerceApp App { get; }

    public string Today { get; } = DateTime.UtcNow.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static async Task<TwoSides> Open() =>
        new(await CommerceApp.Start(("Commerce:Roles", "api,projections")), await SandboxProvider.Start(new SandboxOptions(), TimeProvider.System, default));

    /// <summary>We ask for a payment, and the provider has not heard of it yet.</summary>
    public async Task<PaymentId> Requested(decimal amount, DateTimeOffset? until = null)
    {
        var order = await Placed(amount);
        await Ours(PaymentId.For(order), new PaymentCommand.Request(order, Pounds(amount), null, until));
        return PaymentId.For(order);
    }

    /// <summary>An order of two units that nobody fulfils.</summary>
    public async Task<OrderId> Placed(decimal total)
    {
        var order = new OrderId(Guid.CreateVersion7());
        await Ask(order, new OrderCommand.Place(order, 1, Currency.Of("GBP"), null, null, null, OrderOrigin.Client, [new OrderLine(1, Sku.Of("mug"), "mug", 2, Pounds(total / 2))]));
        return order;
    }

    public async Task Ask(OrderId order, params IEnumerable<OrderCommand> commands)
    {
        foreach (var command in commands)
        {
            Assert.That(await App.Host.Commands.Handle(Order.Decider, Order.StreamOf(order), command, new CommandContext("test"), default), Is.InstanceOf<CommandOutcome.Accepted>());
        }
    }

    /// <summary>An order whose payment both sides hold.</summary>
    public async Task<OrderId> Held(decimal total)
    {
        var order = await Placed(total);
        await Hold(order, total);
        return order;
    }

    public async Task Hold(OrderId order, decimal amount)
    {
        await Ours(PaymentId.For(order), new PaymentCommand.Request(order, Pounds(amount), null, null));
        await Ours(PaymentId.For(order), new PaymentCommand.Authorise(await Theirs(PaymentId.For(order), amount)));
    }

    public async Task Ours(PaymentId payment, PaymentCommand command) => Assert.That(
        await App.Host.Commands.Handle(Payment.Decider, Payment.StreamOf(payment), command, new CommandContext("test"), default), Is.InstanceOf<CommandOutcome.Accepted>());

    /// <summary>The provider does it, and its answer is lost.</summary>
    public async Task<string> Theirs(PaymentId payment, decimal amount) =>
        await _provider.Authorise(payment, default, Pounds(amount), null, default) is ProviderAnswer.Approved approved ? approved.Reference : throw new AssertionException("declined");

    public async Task<string> TheirCapture(PaymentId payment, Guid capture, decimal amount) =>
        await _provider.Capture(payment, capture, Pounds(amount), default) is ProviderAnswer.Approved approved ? approved.Reference : throw new AssertionException("declined");

    /// <summary>Both sides know of it.</summary>
    public async Task<PaymentId> Authorised(decimal amount) => PaymentId.For(await Held(amount));

    public async Task<Payment> PaymentOf(PaymentId id) => (await App.Host.Commands.Load(Payment.Decider, Payment.StreamOf(id), default)).State;

    public Task<Said> Reconcile(params IEnumerable<string> more) =>
        Terminal.Run(["reconcile", "--date", Today, "--postgres", App.Host.ConnectionString, "--provider", _sandbox.Address.ToString(), .. more]);

    public static Money Pounds(decimal amount) => new(amount, Currency.Of("GBP"));

    public async ValueTask DisposeAsync()
    {
        _provider.Dispose();
        await _sandbox.DisposeAsync();
        await App.DisposeAsync();
    }
}
