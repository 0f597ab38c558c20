using Commerce.Commands.Handling;
using Commerce.Commands.Sagas.DeadLetters;
using Commerce.Domain;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.Fulfilment;
using Commerce.Domain.Orders;
using Commerce.Testing.Logs;
using Commerce.Testing.Servers;
using Npgsql;

namespace Commerce.Commands.Tests.Sagas.DeadLetters;

/// <summary>A shop in which the sagas of some orders cannot be appended to, as long as that is not mended.</summary>
public abstract class HeldOrders(bool isOnBroker)
{
    readonly HashSet<OrderId> _broken = [];
    Shop? _opened;
    string _defect = "";
    Action<OrderId> _tried = _ => { };

    private protected Shop Store => _opened ?? throw new InvalidOperationException("Not open.");

    private protected DeadLetterDesk Desk => Store.Letters.Desk;

    [SetUp]
    public async Task Open()
    {
        _broken.Clear();
        _defect = "It is broken.";
        _tried = _ => { };
        await Open(null);
    }

    [TearDown]
    public async Task Close()
    {
        if (_opened is not null)
        {
            await _opened.DisposeAsync();
        }
    }

    private protected async Task Open(NpgsqlDataSource? database)
    {
        _opened = await Shop.On(LogEngine.InMemory, ShortPauses.Options(isOnBroker ? (await RabbitMqForTests.Server()).Uri : null), database);
        Store.Log.Before = stream =>
        {
            if (stream.Category == "fulfilment")
            {
                _tried(OrderId.Parse(stream.Id, null));
            }

            lock (_broken)
            {
                return stream.Category == "fulfilment" && _broken.Contains(OrderId.Parse(stream.Id, null)) ? throw new InvalidOperationException(_defect) : Task.CompletedTask;
            }
        };
        await Store.Receive("mug", 100);
        await Store.Start();
    }

    /// <summary>
    /// An order whose saga cannot begin: its first message is a dead letter. What it did before it failed stays done: stock is
    /// held and the payment authorised, which is told by a message that waits.
    /// </summary>
    private protected async Task<(OrderId Order, KeptLetter Letter)> Broken()
    {
        var id = await PlaceBroken();
        await Shop.Tried(() => LetterOf(id) is { Behind: 1 });
        return (id, LetterOf(id) ?? throw new AssertionException("It is gone."));
    }

    /// <summary>The same, as soon as it is placed.</summary>
    private protected async Task<OrderId> PlaceBroken()
    {
        var id = new OrderId(Guid.CreateVersion7());
        Break(id);
        await Store.Ask(id, new OrderCommand.Place(id, 1, Currency.Of("GBP"), null, null, null, OrderOrigin.Client, [new OrderLine(1, Sku.Of("mug"), "mug", 2, new Money(10, Currency.Of("GBP")))]));
        return id;
    }

    /// <summary>Tells of each attempt to append to a saga, before it fails or not.</summary>
    private protected void Watch(Action<OrderId> tried) => _tried = tried;

    /// <summary>A broken order that was called off, of which two messages wait: that it is paid, and that it is called off.</summary>
    private protected async Task<(OrderId Order, KeptLetter Letter)> BrokenAndCancelled()
    {
        var (order, letter) = await Broken();
        await Store.Ask(order, new OrderCommand.Cancel("changed my mind"));
        await Shop.Tried(() => LetterOf(order) is { Behind: 2 });
        return (order, letter);
    }

    private protected KeptLetter? LetterOf(OrderId order) => Store.Letters.Letters.Find(l => l.Order == order.Value);

    private protected void Break(OrderId order)
    {
        lock (_broken)
        {
            _broken.Add(order);
        }
    }

    private protected void Mend()
    {
        lock (_broken)
        {
            _broken.Clear();
        }
    }

    private protected void BreakOtherwise(string defect)
    {
        lock (_broken)
        {
            _defect = defect;
        }
    }

    private protected Task<CommandOutcome> Replay(KeptLetter letter, string reason = "mended") => Desk.Replay(letter.Id, reason, new CommandContext("operator"), default);

    private protected Task<CommandOutcome> Discard(KeptLetter letter, string reason = "of no use") => Desk.Discard(letter.Id, reason, new CommandContext("operator"), default);

    private protected Task Becomes(KeptLetter letter, DeadLetterStatus status) =>
        Shop.Tried(() => Store.Letters.Letters.Find(l => l.Id == letter.Id) is { } now && now.Status == status);

    private protected Task<IReadOnlyList<string>> StoryOf(KeptLetter letter) => Store.Story(DeadLetter.StreamOf(letter.Id));

    private protected Task<IReadOnlyList<string>> SagaStoryOf(OrderId order) => Store.Story(FulfilmentState.StreamOf(order));

    /// <summary>Whether nothing is held any more, nor is anything on its way.</summary>
    private protected async Task Rests()
    {
        var head = await Store.Log.Head(default);
        await Shop.Tried(() => Store.Checkpoints.Load(default).Result >= head);
    }
}
