using System.Collections.Immutable;
using Commerce.Domain;
using Commerce.Domain.Customers;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Domain.Reconciliation;
using Commerce.Domain.Webhooks;
using Commerce.Projections.Documents;

namespace Commerce.Projections.Tests.Documents;

/// <summary>A document with something in each kind of field: enums, money, times that are there and that are not, lists and texts beyond ASCII.</summary>
abstract record OneDocument(string Table)
{
    static readonly Guid Id = new("01900000-0000-7000-8000-000000000001");
    static readonly DateTimeOffset At = new(2026, 11, 25, 9, 30, 15, 123, TimeSpan.Zero);
    static readonly Money Price = new(12.50m, Currency.Of("GBP"));

    /// <summary>One of each type that is stored.</summary>
    public static IEnumerable<OneDocument> OfEachType() =>
    [
        new Of<CustomerView, string>(new()
        {
            Id = "c1", Details = PersonalData.Of([PersonalData.Version, .. new byte[PersonalData.OverheadBytes]]), Address = null, RegisteredAt = At, ChangedAt = At,
            ErasedAt = At, ErasureReason = ErasureReason.NoLongerNeeded, ErasureAskedBy = ErasureParty.House,
        }),
        new Of<FlashSaleView, Guid>(new() { Id = Id, Sku = "CUP", Name = "Ünï 🛒", UnitPrice = Price, Opens = At, Closes = At.AddHours(1), Units = 3, IsStocked = true }),
        new Of<FlashSaleClaimView, Guid>(new() { Id = Id, Sale = Id, Customer = "c1", Status = ClaimStatus.Ordered, PayUntil = null, ClaimedAt = At }),
        new Of<LinkView, string>(new() { Id = "0123456789AB", Link = Id, Target = "/orders/Ünï", Order = Id, ExpiresAt = At, Clicks = long.MaxValue, CreatedAt = At }),
        new Of<OrderView, Guid>(new()
        {
            Id = Id, Number = 7, Status = OrderStatus.PartiallyShipped, Origin = OrderOrigin.Client, Customer = "c1", Country = "GB", Currency = "GBP",
            Lines = [new OrderLineView(1, "CUP", "Ünï 🛒", 2, Price, Price + Price, 1, 0, 0)], Total = Price + Price, PlacedAt = At, CompensatingSince = At.AddTicks(10),
            RejectReason = RejectReason.OutOfStock, Payment = new OrderPaymentView(Id, PaymentStatus.Authorised, Price, Price, Money.Zero(Price.Currency)),
            Stock = ImmutableSortedDictionary<string, OrderStockView>.Empty.Add("CUP@Main", new OrderStockView("CUP", "Main", 1, 1, 0)),
        }),
        new Of<PaymentView, Guid>(new() { Id = Id, Order = Id, Status = PaymentStatus.Voiding, Amount = Price, Authorised = Price, Captured = Price, Refunded = Price, RequestedAt = At }),
        new Of<ProductView, string>(new() { Id = "CUP", Name = "Ünï 🛒", Price = Price, IsDiscontinued = true, RegisteredAt = At, ChangedAt = At }),
        new Of<ReconciliationDifferenceView, string>(new()
        {
            Id = "2026-11-24/x", Date = "2026-11-24", Class = DifferenceClass.MissingThere, Fate = DifferenceFate.Repaired, Movement = PaymentMovement.Refund, Transfer = Id,
            OrderSays = OrderWord.Returned, OrderAmount = Price, Here = MovementState.GivenUp, AmountHere = Price, There = null, At = At,
        }),
        new Of<ReconciliationRunView, string>(new() { Id = "2026-11-24/000001", Date = "2026-11-24", Run = 1, StartedAt = At, FinishedAt = null }),
        new Of<StockView, string>(new() { Id = "CUP@main", Sku = "CUP", Location = "main", OnHand = long.MaxValue }),
        new Of<WebhookView, Guid>(new()
        {
            Id = Id, Status = WebhookStatus.Disabled, DisabledBy = WebhookStop.Gone, Url = "https://example.org/ünï", Events = ["order-placed.v1"], StreamPrefix = null,
            Scheme = WebhookScheme.Ed25519, PublicKey = "whpk_", OldKeyUntil = At, CreatedAt = At, ChangedAt = At,
        }),
    ];

    /// <summary>Stores it.</summary>
    public abstract Task Store(IDocumentStore store);

    /// <summary>Reads it, by its id and by a condition, and stores what was read.</summary>
    public abstract Task ReadAndStoreAgain(IDocumentStore store);

    public override string ToString() => Table;

    sealed record Of<T, TId>(T Document) : OneDocument(DocumentMapping.Of(typeof(T)).Table)
        where T : class, IDocument<TId>
        where TId : notnull
    {
        public override async Task Store(IDocumentStore store) => await Store(store, Document);

        public override async Task ReadAndStoreAgain(IDocumentStore store)
        {
            var found = await store.Query<T>("where d.id = $1", [Document.Id], CancellationToken.None);
            Assert.That(found, Has.Count.EqualTo(1));
            await Store(store, (await store.Load<T, TId>([Document.Id], CancellationToken.None)).Single());
        }

        public override string ToString() => base.ToString();

        static async Task Store(IDocumentStore store, T document)
        {
            var changes = new DocumentChanges();
            changes.Store<T, TId>([document]);
            await store.Commit(changes, CancellationToken.None);
        }
    }
}
