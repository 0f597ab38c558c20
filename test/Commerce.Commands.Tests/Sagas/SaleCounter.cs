using Commerce.Commands.Handling;
using Commerce.Domain;
using Commerce.Domain.FlashSales;

namespace Commerce.Commands.Tests.Sagas;

/// <summary>The counter of one flash sale in a shop: announces it, takes claims, tells the sums.</summary>
sealed class SaleCounter(Shop store, string sku)
{
    const int MinutesToPay = 15;

    readonly FlashSaleId _id = new(Guid.CreateVersion7());

    /// <summary>Announces it, open for a day, and waits until stock has given its units.</summary>
    public async Task Open(int units, int unitsPerCustomer = 1)
    {
        var now = store.Time.GetUtcNow();
        await Ask(new FlashSaleCommand.Announce(now, _id, Sku.Of(sku), sku, units, new Money(10, Currency.Of("GBP")), now, now.AddDays(1), unitsPerCustomer, MinutesToPay));
        await store.Until(async () => (await Sale()).IsStocked);
    }

    /// <summary>Claims; the claim's id, or the code of the refusal.</summary>
    public async Task<(OrderId Claim, string? Refusal)> Claim(string customer, string? token = null, int quantity = 1)
    {
        var claim = new OrderId(Guid.CreateVersion7());
        return (claim, await Ask(new FlashSaleCommand.Claim(store.Time.GetUtcNow(), claim, CustomerId.Of(customer), quantity, token)));
    }

    public Task<string?> Pay(OrderId claim, string token = "tok") => Ask(new FlashSaleCommand.Pay(store.Time.GetUtcNow(), claim, token));

    public Task<string?> Close() => Ask(new FlashSaleCommand.Close());

    /// <summary>Lets the time to pay pass.</summary>
    public void LetTimeToPayPass() => store.Time.Pass(TimeSpan.FromMinutes(MinutesToPay + 1));

    /// <summary>The sale as the log has it.</summary>
    public async Task<FlashSale> Sale() => (await store.Processor.Load(FlashSale.Decider, FlashSale.StreamOf(_id), default)).State;

    /// <summary>Units that stock keeps for the sale, at a location.</summary>
    public async Task<int> KeptByStock(string location = "main") => (await store.StockOf(sku, location)).Sales.GetValueOrDefault(_id)?.Left ?? 0;

    /// <summary>Waits until the sale has so many units to offer and stock has them for it.</summary>
    public Task Offers(int units) => store.Until(
        async () => (await Sale()).Remaining == units && await KeptByStock() + await KeptByStock("spare") >= units, async () => $"{(await Sale()).Remaining} remain, stock keeps {await KeptByStock()}.");

    async Task<string?> Ask(FlashSaleCommand command) =>
        await store.Processor.Handle(FlashSale.Decider, FlashSale.StreamOf(_id), command, new CommandContext("test") { CorrelationId = "corr-1" }, default) is CommandOutcome.Rejected refused ? refused.Rejection.Code : null;
}
