using Commerce.Domain.Inventory;
using Commerce.Domain.Tests.Spec;

namespace Commerce.Domain.Tests.Inventory;

public sealed class StockTests
{
    static readonly OrderId OrderA = new(new Guid("0190aaaa-0000-7000-8000-000000000001"));
    static readonly OrderId OrderB = new(new Guid("0190bbbb-0000-7000-8000-000000000002"));
    static readonly FlashSaleId Sale = new(new Guid("0190cccc-0000-7000-8000-000000000009"));
    static readonly Guid Parcel = new("00000000-0000-0000-0000-000000000077");
    static readonly Guid Second = new("00000000-0000-0000-0000-000000000078");
    static readonly Guid Third = new("00000000-0000-0000-0000-000000000079");
    static readonly DateTimeOffset Soon = new(2026, 11, 2, 9, 15, 0, TimeSpan.Zero);

    [Test]
    public void What_comes_in_can_be_promised()
    {
        Given().When(Receive(5)).Then(Received(5));
        Given(Received(5)).Shows(s => s is { OnHand: 5, Available: 5 });
    }

    [Test]
    public void The_last_units_go_to_the_first_order_and_the_second_is_told_how_many_are_left() =>
        Given(Received(5), Reserved(OrderA, 3)).When(Reserve(OrderB, 3)).ThenRejected("out-of-stock", ("available", 2));

    [Test]
    public void All_that_is_available_can_be_reserved() =>
        Given(Received(5), Reserved(OrderA, 3)).When(Reserve(OrderB, 2)).Then(Reserved(OrderB, 2));

    [Test]
    public void Nothing_can_be_reserved_before_anything_came_in() =>
        Given().When(Reserve(OrderA, 1)).ThenRejected("out-of-stock", ("available", 0));

    [Test]
    public void A_reservation_asked_for_twice_is_made_once() =>
        Given(Received(5), Reserved(OrderA, 3)).When(Reserve(OrderA, 3)).ThenNothing();

    [Test]
    public void A_release_frees_all_that_the_order_holds() =>
        Given(Received(5), Reserved(OrderA, 3), Shipped(OrderA, 1)).When(Release(OrderA)).Then(Released(OrderA, 2));

    [Test]
    public void A_release_of_nothing_changes_nothing() =>
        Given(Received(5), Reserved(OrderA, 3)).When(Release(OrderB)).ThenNothing();

    [Test]
    public void Released_units_can_be_promised_again() =>
        Given(Received(5), Reserved(OrderA, 5), Released(OrderA, 5)).When(Reserve(OrderB, 5)).Then(Reserved(OrderB, 5));

    [Test]
    public void Reserved_units_are_shipped_wholly_or_in_part()
    {
        Given(Received(5), Reserved(OrderA, 3)).When(Ship(OrderA, 3)).Then(Shipped(OrderA, 3));
        Given(Received(5), Reserved(OrderA, 3), Shipped(OrderA, 2)).When(Ship(OrderA, 1, Second)).Then(Shipped(OrderA, 1, Second));
    }

    [Test]
    public void No_more_is_shipped_than_the_order_holds()
    {
        Given(Received(5), Reserved(OrderA, 3)).When(Ship(OrderA, 4)).ThenRejected("not-reserved");
        Given(Received(5), Reserved(OrderA, 3), Shipped(OrderA, 3)).When(Ship(OrderA, 1, Second)).ThenRejected("not-reserved");
        Given(Received(5), Reserved(OrderA, 3)).When(Ship(OrderB, 1)).ThenRejected("not-reserved");
    }

    [Test]
    public void Free_units_can_be_written_off_but_not_those_promised()
    {
        Given(Received(5), Reserved(OrderA, 3)).When(WriteOff(2)).Then(WrittenOff(2));
        Given(Received(5), Reserved(OrderA, 3)).When(WriteOff(3)).ThenRejected("out-of-stock", ("available", 2));
    }

    [Test]
    public void What_was_shipped_can_come_back_and_be_sold_again()
    {
        Given(Received(5), Reserved(OrderA, 3), Shipped(OrderA, 3)).When(Return(OrderA, 2, Second)).Then(Returned(OrderA, 2, Second));
        Given(Received(5), Reserved(OrderA, 3), Shipped(OrderA, 3), Returned(OrderA, 2, Second)).Shows(s => s is { OnHand: 4, Available: 4, Away: 1 });
    }

    [Test]
    public void A_shipment_takes_its_units_once_while_the_reservation_lasts_and_after_it_is_used_up()
    {
        Given(Received(5), Reserved(OrderA, 3), Shipped(OrderA, 1)).When(Ship(OrderA, 1)).ThenNothing();
        Given(Received(5), Reserved(OrderA, 3), Shipped(OrderA, 1), Shipped(OrderA, 2, Second)).When(Ship(OrderA, 1)).ThenNothing();
        Given(Received(5), Reserved(OrderA, 3), Shipped(OrderA, 3)).When(Ship(OrderA, 3)).ThenNothing();
        Given(Received(5), Reserved(OrderA, 1), Shipped(OrderA, 1), Reserved(OrderB, 1)).When(Ship(OrderB, 1)).Then(Shipped(OrderB, 1));
    }

    [Test]
    public void A_return_brings_its_units_once()
    {
        Given(Received(5), Reserved(OrderA, 3), Shipped(OrderA, 3), Returned(OrderA, 1, Second)).When(Return(OrderA, 1, Second)).ThenNothing();
        Given(Received(5), Reserved(OrderA, 3), Shipped(OrderA, 3), Returned(OrderA, 1, Second)).When(Return(OrderA, 1, Third)).Then(Returned(OrderA, 1, Third));
    }

    [Test]
    public void A_late_repeat_after_so_many_others_ships_nothing_all_the_same()
    {
        List<StockEvent> past = [Received(5_000)];
        for (var n = 0; n <= RecentMoves.CountMax; n++)
        {
            var order = new OrderId(new Guid(n, 1, 0, new byte[8]));
            past.AddRange([Reserved(order, 1), Shipped(order, 1, new Guid(n, 2, 0, new byte[8]))]);
        }

        Given([.. past]).When(Ship(new OrderId(new Guid(1, 1, 0, new byte[8])), 1, new Guid(1, 2, 0, new byte[8]))).ThenNothing();
        Given([.. past]).When(Ship(new OrderId(new Guid(0, 1, 0, new byte[8])), 1, new Guid(0, 2, 0, new byte[8]))).ThenRejected("not-reserved");
        Given([.. past]).Shows(s => s.RecentShipments.Known.Count == RecentMoves.CountMax);
    }

    [Test]
    public void Who_asks_for_less_than_is_held_gets_less_and_who_asks_for_more_comes_late()
    {
        Given(Received(9), Reserved(OrderA, 5)).When(Reserve(OrderA, 2)).Then(new StockEvent.Released(OrderA, 3, ReleaseReason.ServedElsewhere));
        Given(Received(9), Reserved(OrderA, 5), new StockEvent.Released(OrderA, 3, ReleaseReason.ServedElsewhere)).When(Reserve(OrderA, 2)).ThenNothing();
        Given(Received(9), Reserved(OrderA, 2)).When(Reserve(OrderA, 5)).ThenNothing();
        Given(Received(9), Reserved(OrderA, 5), Shipped(OrderA, 1)).When(Reserve(OrderA, 2)).ThenNothing();
    }

    [Test]
    public void Movements_of_logs_that_did_not_name_them_count()
    {
        Given(Received(5), Reserved(OrderA, 3), new StockEvent.ShippedV1(OrderA, 2), new StockEvent.ReturnedV1(OrderA, 1)).Shows(s => s is { OnHand: 4, Available: 3, Away: 1 });
        Given(Received(5), Reserved(OrderA, 3), new StockEvent.ShippedV1(OrderA, 2)).When(Ship(OrderA, 1)).Then(Shipped(OrderA, 1));
    }

    [Test]
    public void No_more_comes_back_than_left()
    {
        Given(Received(5), Reserved(OrderA, 3)).When(Return(OrderA, 1, Second)).ThenRejected("not-shipped");
        Given(Received(5), Reserved(OrderA, 3), Shipped(OrderA, 3), Returned(OrderA, 2, Second)).When(Return(OrderA, 2, Third)).ThenRejected("not-shipped");
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(int.MinValue)]
    [TestCase(Stock.QuantityMax + 1)]
    [TestCase(int.MaxValue)]
    public void A_quantity_is_above_zero_and_can_be_counted(int quantity)
    {
        var stock = Given(Received(5), Reserved(OrderA, 3), Shipped(OrderA, 1));
        foreach (var command in new[] { Receive(quantity), Reserve(OrderB, quantity), Ship(OrderA, quantity), WriteOff(quantity), Return(OrderA, quantity) })
        {
            stock.When(command).ThenRejected("quantity-invalid");
        }
    }

    [Test]
    public void A_location_holds_no_more_than_can_be_counted()
    {
        Given(Received(Stock.QuantityMax - 1)).When(Receive(1)).Then(Received(1));
        Given(Received(Stock.QuantityMax)).When(Receive(1)).ThenRejected("stock-too-large");
        Given(Received(1), Reserved(OrderA, 1), Shipped(OrderA, 1), Received(Stock.QuantityMax)).When(Return(OrderA, 1, Second)).ThenRejected("stock-too-large");
    }

    [TestCaseSource(typeof(Texts), nameof(Texts.Invalid))]
    public void A_reference_or_a_reason_is_a_text_that_can_be_kept(string? text)
    {
        Given().When(new StockCommand.Receive(1, Texts.OrNull(text))).ThenRejected("text-invalid");
        Given(Received(5)).When(new StockCommand.WriteOff(1, Texts.OrNull(text))).ThenRejected("text-invalid");
    }

    [Test]
    public void A_reference_has_a_longest_length()
    {
        Given().When(new StockCommand.Receive(1, Texts.OfLength(Stock.TextLengthMax))).Then(new StockEvent.Received(1, Texts.OfLength(Stock.TextLengthMax)));
        Given().When(new StockCommand.Receive(1, Texts.OfLength(Stock.TextLengthMax + 1))).ThenRejected("text-invalid");
    }

    static Given<StockCommand, StockEvent, Stock> Given(params StockEvent[] past) => new(Stock.Decider, past);

    static StockEvent Received(int quantity) => new StockEvent.Received(quantity, "delivery 7");

    [Test]
    public void What_is_kept_for_a_sale_cannot_be_promised_to_others()
    {
        Given(Received(5)).When(new StockCommand.Allocate(Sale, 4)).Then(Allocated(4));
        Given(Received(5), Allocated(4)).When(Reserve(OrderA, 2)).ThenRejected("out-of-stock", ("available", 1));
        Given(Received(5), Allocated(4)).Shows(s => s is { OnHand: 5, Available: 1, AllocatedTotal: 4 });
    }

    [Test]
    public void A_sale_is_given_once_what_there_is()
    {
        Given(Received(5)).When(new StockCommand.Allocate(Sale, 9)).Then(Allocated(5));
        Given(Received(5), Reserved(OrderA, 5)).When(new StockCommand.Allocate(Sale, 9)).Then(Allocated(0));
        Given(Received(5), Allocated(2)).When(new StockCommand.Allocate(Sale, 9)).ThenNothing();
        Given(Received(5), Allocated(2), ReservedInSale(OrderA, 1)).Shows(s => s.Sales[Sale] is { Given: 2, Left: 1 });
        Given(Received(5), Allocated(2), new StockEvent.AllocationReturned(Sale, 2, 1)).When(new StockCommand.Allocate(Sale, 9)).ThenNothing();
    }

    [Test]
    public void An_order_of_a_sale_takes_what_is_kept_for_it_and_brings_it_back_there()
    {
        var reserve = new StockCommand.Reserve(OrderA, 2, Soon) { Sale = Sale };
        Given(Received(5), Allocated(4)).When(reserve).Then(ReservedInSale(OrderA, 2));
        Given(Received(5), Allocated(1)).When(reserve).ThenRejected("out-of-stock", ("available", 1));
        Given(Received(5)).When(reserve).ThenRejected("out-of-stock", ("available", 0));
        Given(Received(5), Allocated(4), ReservedInSale(OrderA, 2)).When(reserve).ThenNothing();
        Given(Received(5), Allocated(4), ReservedInSale(OrderA, 2)).When(Release(OrderA)).Then(new StockEvent.ReleasedToSale(Sale, OrderA, 2, ReleaseReason.OrderCancelled));
        Given(Received(5), Allocated(4), ReservedInSale(OrderA, 2), Shipped(OrderA, 1)).When(Release(OrderA)).Then(new StockEvent.ReleasedToSale(Sale, OrderA, 1, ReleaseReason.OrderCancelled));
        Given(Received(5), Allocated(4), ReservedInSale(OrderA, 2)).Shows(s => s is { Available: 1, AllocatedTotal: 2, ReservedTotal: 2 });
    }

    [Test]
    public void What_nobody_claimed_is_free_again_once_for_each_return()
    {
        Given(Received(5), Allocated(4)).When(new StockCommand.ReturnAllocation(Sale, 3, 1)).Then(new StockEvent.AllocationReturned(Sale, 3, 1));
        Given(Received(5), Allocated(4), new StockEvent.AllocationReturned(Sale, 3, 1)).When(new StockCommand.ReturnAllocation(Sale, 3, 1)).ThenNothing();
        Given(Received(5), Allocated(4), new StockEvent.AllocationReturned(Sale, 3, 1)).When(new StockCommand.ReturnAllocation(Sale, 2, 2)).ThenRejected("not-allocated");
        Given(Received(5)).When(new StockCommand.ReturnAllocation(Sale, 1, 1)).ThenRejected("not-allocated");

        // Word of the second may overtake word of the first.
        Given(Received(5), Allocated(4), new StockEvent.AllocationReturned(Sale, 1, 2)).When(new StockCommand.ReturnAllocation(Sale, 3, 1)).Then(new StockEvent.AllocationReturned(Sale, 3, 1));
        Given(Received(5), Allocated(4), new StockEvent.AllocationReturned(Sale, 1, 2), new StockEvent.AllocationReturned(Sale, 1, 1)).When(new StockCommand.ReturnAllocation(Sale, 1, 2)).ThenNothing();
    }

    static StockEvent Allocated(int quantity) => new StockEvent.Allocated(Sale, quantity);

    static StockEvent ReservedInSale(OrderId order, int quantity) => new StockEvent.ReservedInSale(Sale, order, quantity, Soon);

    static StockEvent Reserved(OrderId order, int quantity) => new StockEvent.Reserved(order, quantity, Soon);

    static StockEvent Released(OrderId order, int quantity) => new StockEvent.Released(order, quantity, ReleaseReason.OrderCancelled);

    static StockEvent Shipped(OrderId order, int quantity, Guid? shipment = null) => new StockEvent.Shipped(order, quantity, shipment ?? Parcel);

    static StockEvent WrittenOff(int quantity) => new StockEvent.WrittenOff(quantity, "broken");

    static StockEvent Returned(OrderId order, int quantity, Guid? id = null) => new StockEvent.Returned(order, quantity, id ?? Parcel);

    static StockCommand Receive(int quantity) => new StockCommand.Receive(quantity, "delivery 7");

    static StockCommand Reserve(OrderId order, int quantity) => new StockCommand.Reserve(order, quantity, Soon);

    static StockCommand Release(OrderId order) => new StockCommand.Release(order, ReleaseReason.OrderCancelled);

    static StockCommand Ship(OrderId order, int quantity, Guid? shipment = null) => new StockCommand.Ship(order, quantity, shipment ?? Parcel);

    static StockCommand WriteOff(int quantity) => new StockCommand.WriteOff(quantity, "broken");

    static StockCommand Return(OrderId order, int quantity, Guid? id = null) => new StockCommand.Return(order, quantity, id ?? Parcel);
}
