using Commerce.Domain.FlashSales;
using Commerce.Domain.Tests.Spec;

namespace Commerce.Domain.Tests.FlashSales;

/// <summary>Words for specifications of flash sales: ten units of a mug, two a customer, fifteen minutes to pay, from noon to one.</summary>
static class FlashSaleWords
{
    public static readonly FlashSaleId Sale = new(new Guid("0190cccc-0000-7000-8000-000000000009"));
    public static readonly LocationId Main = LocationId.Of("main");
    public static readonly LocationId Spare = LocationId.Of("spare");
    public static readonly DateTimeOffset Noon = new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero);
    public static readonly DateTimeOffset One = Noon.AddHours(1);

    static readonly Sku Mug = Sku.Of("MUG");

    public static FlashSaleCommand.Announce Announce => new(Noon.AddDays(-1), Sale, Mug, "Mug", 10, new Money(5, Currency.Of("GBP")), Noon, One, UnitsPerCustomer: 2, MinutesToPay: 15);

    public static FlashSaleEvent Announced => new FlashSaleEvent.Announced(Sale, Mug, "Mug", 10, new Money(5, Currency.Of("GBP")), Noon, One, 2, 15);

    public static Given<FlashSaleCommand, FlashSaleEvent, FlashSale> Given(params IEnumerable<FlashSaleEvent> past) => new(FlashSale.Decider, past);

    /// <summary>A sale that has got these units, and what happened then.</summary>
    public static Given<FlashSaleCommand, FlashSaleEvent, FlashSale> Open(int units, params FlashSaleEvent[] past) => Given([Announced, Stocked((Main, units)), .. past]);

    public static OrderId Claim(int n) => new(new Guid(n, 0, 0, [0, 0, 0, 0, 0, 0, 0, 1]));

    public static FlashSaleEvent Stocked(params (LocationId At, int Quantity)[] parts) => new FlashSaleEvent.Stocked([.. parts.Select(p => new SalePart(p.At, p.Quantity))]);

    public static FlashSaleCommand Wants(int n, string customer, int quantity = 1, string? token = null, double atMinute = 0) =>
        new FlashSaleCommand.Claim(Noon.AddMinutes(atMinute), Claim(n), CustomerId.Of(customer), quantity, token);

    public static FlashSaleEvent Claimed(int n, string customer, int quantity = 1, int? place = null, int part = 0, double atMinute = 0) =>
        new FlashSaleEvent.Claimed(Claim(n), CustomerId.Of(customer), quantity, place ?? n, part, Noon.AddMinutes(atMinute + 15));

    public static FlashSaleEvent ClaimedWithPayment(int n, string customer, int quantity = 1) => new FlashSaleEvent.Claimed(Claim(n), CustomerId.Of(customer), quantity, n, 0);

    public static FlashSaleEvent Paid(int n, string customer, int quantity = 1, string token = "tok", LocationId? at = null) =>
        new FlashSaleEvent.PaymentGiven(Sale, Claim(n), CustomerId.Of(customer), quantity, at ?? Main, token);

    public static FlashSaleEvent Returned(int n, int quantity = 1, ClaimReturnReason reason = ClaimReturnReason.Unpaid) => new FlashSaleEvent.ClaimReturned(Claim(n), quantity, reason);

    public static FlashSaleEvent Closed(bool isEarly = false) => new FlashSaleEvent.Closed(isEarly);

    public static FlashSaleEvent Rest(int number, int quantity, LocationId? at = null) => new FlashSaleEvent.RestReturned(Sale, Mug, number, at ?? Main, quantity);

    public static FlashSaleCommand Tick(double atMinute) => new FlashSaleCommand.Tick(Noon.AddMinutes(atMinute));

    public static FlashSaleCommand Pay(int n, double atMinute = 1, string token = "tok") => new FlashSaleCommand.Pay(Noon.AddMinutes(atMinute), Claim(n), token);
}
