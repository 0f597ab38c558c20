using Commerce.Domain.Fulfilment;
using Commerce.Domain.Inventory;
using Commerce.Domain.Orders;
using Commerce.Domain.Tests.Spec;

namespace Commerce.Domain.Tests.Fulfilment;

/// <summary>One order's process, told what happens; its events go through the log's JSON, as they do in life.</summary>
sealed class FulfilmentStory(FulfilmentPolicy policy)
{
    public static readonly DateTimeOffset At = new(2026, 1, 5, 9, 0, 0, TimeSpan.Zero);
    public static readonly OrderId Id = new(new Guid("01920000-0000-7000-8000-000000000001"));
    public static readonly Currency Gbp = Currency.Of("GBP");

    readonly FulfilmentProcess _process = new(policy);

    public FulfilmentState State { get; private set; } = FulfilmentState.None;

    public Reaction Last { get; private set; } = new(FulfilmentState.None, [], []);

    public FulfilmentStory Given(params FulfilmentEvent[] past)
    {
        State = past.Select(Through.Json).Aggregate(State, FulfilmentState.Evolve);
        return this;
    }

    public FulfilmentStory When(params FulfilmentInput[] inputs)
    {
        Last = _process.React(State, inputs);
        State = Last.Events.Select(Through.Json).Aggregate(State, FulfilmentState.Evolve);
        return this;
    }

    /// <summary>Everything that is wanted is done.</summary>
    public FulfilmentStory WhenDone() => When([.. Last.Commands.Select(c => new FulfilmentInput.Done(c))]);

    /// <summary>Each allocation is refused that is asked for more than these units, in the order of asking; the others are done.</summary>
    public FulfilmentStory WhenAvailable(params int[] units)
    {
        var asked = Only<FulfilmentCommand.ReserveStock>();
        return When([.. asked.Allocations.Zip(units, FulfilmentInput (a, has) => a.Quantity > has
            ? new FulfilmentInput.Refused(asked with { Allocations = [a] }, StockRejections.OutOfStock(has))
            : new FulfilmentInput.Done(asked with { Allocations = [a] }))]);
    }

    public T Only<T>()
    {
        Assert.That(Last.Commands, Has.Length.EqualTo(1).And.All.InstanceOf<T>(), string.Join(", ", Last.Commands));
        return Last.Commands.OfType<T>().Single();
    }

    public T First<T>() => Last.Commands.OfType<T>().First();

    public string Commands => string.Join(" ", Last.Commands.Select(c => c.GetType().Name));

    public static OrderLine Line(int line, string sku, int quantity) => new(line, Sku.Of(sku), "thing", quantity, new Money(1, Gbp));

    public static FulfilmentInput.OrderPlaced Placed(decimal total, params OrderLine[] lines) =>
        new(new OrderEvent.Placed(Id, 1, null, null, null, OrderOrigin.Client, [.. lines], new Money(total, Gbp)), At);

    public static FulfilmentInput.OrderShipped Shipped(Guid shipment, decimal amount, params (int Line, int Quantity)[] lines) =>
        new(new OrderEvent.Shipped(shipment, [.. lines.Select(l => new LineQuantity(l.Line, l.Quantity))], new Money(amount, Gbp)));

    public static FulfilmentInput.OrderRestCancelled RestCancelled(params (int Line, int Quantity)[] lines) =>
        new(new OrderEvent.RestCancelled([.. lines.Select(l => new LineQuantity(l.Line, l.Quantity))], "no more", CancelCause.Customer));

    public static FulfilmentInput.OrderReturned Returned(Guid id, decimal amount, params (int Line, int Quantity)[] lines) =>
        new(new OrderEvent.Returned(id, [.. lines.Select(l => new LineQuantity(l.Line, l.Quantity))], new Money(amount, Gbp), "broken"));

    /// <summary>As text: <c>mug@main×2 tea@spare×1</c>.</summary>
    public static string Text(IEnumerable<Allocation> allocations) => string.Join(" ", allocations.Select(a => $"{a.Sku}@{a.Location}×{a.Quantity}"));
}
