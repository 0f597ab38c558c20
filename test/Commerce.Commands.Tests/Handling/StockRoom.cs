using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.Inventory;
using Commerce.Domain.Log;

namespace Commerce.Commands.Tests.Handling;

/// <summary>A stock stream, its log and a processor: what the tests of the processor play on.</summary>
sealed class StockRoom : IAsyncDisposable
{
    static readonly DateTimeOffset Later = new(2031, 1, 1, 0, 0, 0, TimeSpan.Zero);
    readonly List<CommandProcessor> _processors = [];

    public StockRoom(CommandProcessorOptions? options = null)
    {
        Processor = NewProcessor(options);
    }

    public static StreamName Shirt { get; } = Of("SHIRT");

    public GatedLog Log { get; } = new();

    public CommandProcessor Processor { get; }

    public static StreamName Of(string sku) => Stock.StreamOf(Sku.Of(sku), LocationId.Parse("MAIN", null));

    public static StockCommand Receive(int quantity) => new StockCommand.Receive(quantity, "delivery");

    public static StockCommand Reserve(int order, int quantity = 1) => new StockCommand.Reserve(OrderOf(order), quantity, Later);

    public static StockCommand Release(int order) => new StockCommand.Release(OrderOf(order), ReleaseReason.OrderCancelled);

    public static OrderId OrderOf(int order) => new(new Guid(order, 0, 0, new byte[8]));

    /// <summary>Another node: a processor of its own on the same log.</summary>
    public CommandProcessor NewProcessor(CommandProcessorOptions? options = null)
    {
        var processor = new CommandProcessor(Log, TimeProvider.System, options);
        _processors.Add(processor);
        return processor;
    }

    public Task<CommandOutcome> Do(StockCommand command, string? id = null, long? ifRevision = null, CommandProcessor? on = null, StreamName? stream = null, bool begins = false, CancellationToken cancellationToken = default) =>
        (on ?? Processor).Handle(
            Stock.Decider, stream ?? Shirt, command, new CommandContext("test") { CommandId = id, IfRevision = ifRevision, BeginsStream = begins }, cancellationToken);

    public async Task<List<RecordedEvent>> Events()
    {
        var events = new List<RecordedEvent>();
        await foreach (var recorded in Log.ReadStream(Shirt, ReadDirection.Forwards, 0, int.MaxValue, CancellationToken.None))
        {
            events.Add(recorded);
        }

        return events;
    }

    /// <summary>Begins an append that waits at the gate, so that what follows waits in the mailbox.</summary>
    public async Task<Task<CommandOutcome>> BeginHeld(StockCommand command, string? id = null)
    {
        Log.Hold();
        var first = Do(command, id);
        await Log.Arrival();
        return first;
    }

    public static void AssertOutOfStock(CommandOutcome outcome, long available)
    {
        Assert.That(outcome, Is.InstanceOf<CommandOutcome.Rejected>());
        var rejection = ((CommandOutcome.Rejected)outcome).Rejection;
        Assert.That((rejection.Code, rejection.Figures["available"]), Is.EqualTo(("out-of-stock", available)));
    }

    public async ValueTask DisposeAsync()
    {
        Log.Release();
        foreach (var processor in _processors)
        {
            await processor.DisposeAsync();
        }

        Log.Dispose();
    }
}
