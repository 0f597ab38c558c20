using Commerce.Api.Endpoints;
using Commerce.Api.Handling;
using Commerce.Api.Http;
using Commerce.Api.Links;
using Commerce.Api.Security;
using Commerce.Api.Webhooks;
using Commerce.Domain;
using Commerce.Domain.Access;
using Commerce.Domain.Catalog;
using Commerce.Domain.Customers;
using Commerce.Domain.DeadLetters;
using Commerce.Domain.FlashSales;
using Commerce.Domain.Inventory;
using Commerce.Domain.Links;
using Commerce.Domain.Orders;
using Commerce.Domain.Payments;
using Commerce.Domain.ReadModels;
using Commerce.Domain.Webhooks;

namespace Commerce.Api.Contract;

/// <summary>
/// What each operation may refuse a request with, beside what follows from its kind (<see cref="CommonRefusals"/>). Programs depend on
/// the codes, so they are part of the contract; the tests hold every refusal that they are answered against it.
/// </summary>
static class Refusals
{
    static readonly Dictionary<string, IReadOnlyList<Problem>> ByOperation = new()
    {
        ["GetLive"] = [],
        ["GetReady"] = [],

        ["CreateKey"] = [Parameter, .. Of(AccessRejections.ClientInvalid, AccessRejections.CustomersInvalid, AccessRejections.ExpiryInvalid, AccessRejections.Known, AccessRejections.TooMany)],
        ["ListKeys"] = [Problems.LogUnavailable],
        ["RotateKey"] = [Parameter, .. Of(AccessRejections.Unknown, AccessRejections.Ended, AccessRejections.ExpiryInvalid, AccessRejections.Known, AccessRejections.TooMany)],
        ["RevokeKey"] = [Parameter, .. Of(AccessRejections.Unknown, AccessRejections.ReasonInvalid)],

        ["RegisterCustomer"] = [.. Of(CustomerRejections.Exists, CustomerRejections.Erased), .. PersonalDetails, .. PersonalKeys],
        ["GetCustomer"] = [.. Of(CustomerRejections.Unknown), .. PersonalKeys, Problems.PersonalDataUnreadable],
        ["ChangeCustomerAddress"] = [.. Of(CustomerRejections.Unknown, CustomerRejections.Erased, CustomerRejections.AddressInvalid), .. PersonalKeys],
        ["CorrectCustomerContact"] = [.. Of(CustomerRejections.Unknown, CustomerRejections.Erased, CustomerRejections.NameInvalid, CustomerRejections.EmailInvalid, CustomerRejections.PhoneInvalid), .. PersonalKeys],
        ["EraseCustomer"] = [.. Of(CustomerRejections.Unknown), Parameter, .. PersonalKeys],

        ["RegisterProduct"] = Of(ProductRejections.Exists, ProductRejections.NameInvalid, ProductRejections.PriceInvalid),
        ["ChangePrice"] = Of(ProductRejections.Unknown, ProductRejections.Discontinued, ProductRejections.PriceInvalid, ProductRejections.CurrencyMismatch),
        ["DiscontinueProduct"] = Of(ProductRejections.Unknown),
        ["GetProduct"] = Of(ProductRejections.Unknown),
        ["ListProducts"] = [],

        ["ReceiveStock"] = Of(StockRejections.QuantityInvalid, StockRejections.TextInvalid, StockRejections.TooMany),
        ["WriteOffStock"] = Of(StockRejections.QuantityInvalid, StockRejections.TextInvalid, StockRejections.OutOfStock(0)),
        ["GetStock"] = [StockQueryEndpoints.StockUnknown],

        ["PlaceOrder"] = [.. Wishes, .. Of(
            OrderRejections.LinesInvalid, OrderRejections.QuantityInvalid, OrderRejections.CurrencyMismatch, OrderRejections.PriceInvalid, OrderRejections.NameInvalid, OrderRejections.CountryInvalid,
            OrderRejections.PaymentTokenInvalid, OrderRejections.TotalTooLarge, OrderRejections.TextTooLarge), Problems.CustomerErased, Problems.OrderNumbersUnavailable],
        ["CancelOrder"] = Of(OrderRejections.Unknown, OrderRejections.ReasonInvalid, OrderRejections.WrongStatus(OrderStatus.Shipped)),
        ["CancelRest"] = [Parameter, .. Of(OrderRejections.Unknown, OrderRejections.ReasonInvalid, OrderRejections.WrongStatus(OrderStatus.Shipped))],
        ["ShipOrder"] = Of(OrderRejections.Unknown, OrderRejections.LineQuantityInvalid, OrderRejections.IdReused, OrderRejections.WrongStatus(OrderStatus.Placed)),
        ["ReturnOrder"] = Of(OrderRejections.Unknown, OrderRejections.ReasonInvalid, OrderRejections.LineQuantityInvalid, OrderRejections.IdReused, OrderRejections.WrongStatus(OrderStatus.Placed)),
        ["GetOrder"] = Of(OrderRejections.Unknown),
        ["ListOrders"] = [],

        ["AnnounceFlashSale"] = [.. Wishes, .. Of(
            FlashSaleRejections.UnitsInvalid, FlashSaleRejections.PriceInvalid, FlashSaleRejections.TimesInvalid, FlashSaleRejections.UnitsPerCustomerInvalid,
            FlashSaleRejections.MinutesToPayInvalid, FlashSaleRejections.ShardsInvalid), Unprocessable(ProductRejections.CurrencyMismatch), FlashSaleAnnouncing.OutOfStock(0)],
        ["ClaimUnits"] = [.. Of(
            FlashSaleRejections.Unknown, FlashSaleRejections.QuantityInvalid(1), FlashSaleRejections.TokenInvalid, FlashSaleRejections.NotOpen(TimeSpan.FromSeconds(30)), FlashSaleRejections.NotStocked,
            FlashSaleRejections.Closed, FlashSaleRejections.SoldOut, FlashSaleRejections.LimitReached(0), FlashSaleRejections.TooManyClaims), Problems.CustomerErased],
        ["PayClaim"] = Of(FlashSaleRejections.Unknown, FlashSaleRejections.ClaimUnknown, FlashSaleRejections.TokenInvalid, FlashSaleRejections.ClaimPaid, FlashSaleRejections.ClaimReturned),
        ["CloseFlashSale"] = Of(FlashSaleRejections.Unknown),
        ["GetFlashSale"] = Of(FlashSaleRejections.Unknown),
        ["ListFlashSales"] = [],
        ["ListenToFlashSale"] = [.. Of(FlashSaleRejections.Unknown), Problems.TooManyListeners, Problems.ReadDatabaseUnavailable],
        ["GetClaim"] = Of(FlashSaleRejections.ClaimUnknown),

        ["GetPayment"] = Of(PaymentRejections.Unknown),
        ["TakePaymentCallback"] = [
            CallbackDoor.ProviderUnknown, CallbackDoor.BodyTooLarge, CallbackDoor.Unreadable,
            WebhookVerifier.HeadersInvalid, WebhookVerifier.TimestampOutside, WebhookVerifier.SignatureInvalid, Problems.CallbacksUnavailable],
        ["ListCallbacks"] = [Problems.CallbacksUnavailable],

        ["ReadSales"] = [.. Reports],
        ["ReadView"] = [Problems.ViewUnknown(["funnel", "orders"]), .. Reports],

        ["ReadStream"] = [AuditEndpoints.StreamUnknown, .. Log],
        ["ReadPastState"] = [.. PastStates],
        ["ComparePastStates"] = [.. PastStates],
        ["SearchEvents"] = [Problems.NotAcceptable, Problems.TooManySearches, Problems.LogUnavailable],
        ["ReadTimeline"] = [.. Of(OrderRejections.Unknown), TimelineEndpoint.TooWide(new(0)), .. Log],

        ["ListDeadLetters"] = [Problems.ReadDatabaseUnavailable],
        ["GetDeadLetter"] = [.. Of(DeadLetterRejections.Unknown), Problems.ReadDatabaseUnavailable],
        ["ReplayDeadLetter"] = [.. Of(DeadLetterRejections.Unknown, DeadLetterRejections.Settled, DeadLetterRejections.Unreadable, DeadLetterRejections.ReasonInvalid), Problems.ReadDatabaseUnavailable],
        ["DiscardDeadLetter"] = [.. Of(DeadLetterRejections.Unknown, DeadLetterRejections.Settled, DeadLetterRejections.Replaying, DeadLetterRejections.ReasonInvalid), Problems.ReadDatabaseUnavailable],

        ["ListProjections"] = [Problems.ReadDatabaseUnavailable],
        ["SkipProjectionEvent"] = [Parameter, .. Projections(ReadModelRejections.Runs, ReadModelRejections.Elsewhere)],
        ["RetryProjection"] = Projections(ReadModelRejections.Runs),
        ["RebuildProjection"] = Projections(ReadModelRejections.NotBuilt, ReadModelRejections.IsPaused),
        ["PauseProjection"] = Projections(ReadModelRejections.IsPaused),
        ["ResumeProjection"] = Projections(ReadModelRejections.IsNotPaused),
        ["DropReplacedProjection"] = Projections(ReadModelRejections.NothingReplaced),

        ["ListReconciliations"] = [],

        ["CreateLink"] = [.. Of(OrderRejections.Unknown, LinkRejections.Exists, LinkRejections.TargetInvalid, LinkRejections.ExpiryInvalid), Parameter, AccessProblems.CustomerForeign],
        ["GetLink"] = Of(LinkRejections.Unknown),
        ["FollowLink"] = [.. Of(LinkRejections.Unknown), LinkEndpoints.Expired, .. Log],

        ["CreateWebhook"] = [Parameter, .. Of([WebhookRejections.Exists, WebhookRejections.TooMany, .. Subscriptions]), Problems.ReadDatabaseUnavailable, .. PersonalKeys],
        ["ListWebhooks"] = [],
        ["GetWebhook"] = Of(WebhookRejections.Unknown),
        ["DeleteWebhook"] = Of(WebhookRejections.Unknown),
        ["ChangeWebhook"] = Of([WebhookRejections.Unknown, .. Subscriptions]),
        ["DisableWebhook"] = Of(WebhookRejections.Unknown),
        ["EnableWebhook"] = Of(WebhookRejections.Unknown),
        ["RotateWebhookKey"] = [.. Of(WebhookRejections.Unknown), .. PersonalKeys],
        ["ListWebhookDeliveries"] = [.. Of(WebhookRejections.Unknown), Problems.LogUnavailable, Problems.ReadDatabaseUnavailable],
        ["ReplayWebhookDelivery"] = [.. Of(WebhookRejections.Unknown, WebhookRejections.DeliveryUnknown), Problems.ReadDatabaseUnavailable],
        ["ReplayWebhook"] = Of(WebhookRejections.Unknown),
        ["GetReconciliation"] = [ReconciliationEndpoints.Unknown],
    };

    /// <summary>Operations that say what they refuse.</summary>
    public static IEnumerable<string> Operations => ByOperation.Keys;

    /// <summary>What this operation refuses by rules of its own.</summary>
    public static IReadOnlyList<Problem> For(string operation) => ByOperation.GetValueOrDefault(operation) ?? [];

    /// <summary>A parameter, or a word of the body, that is none of those there are.</summary>
    public static Problem Parameter => Problems.Parameter("limit", "limit is a whole number from 1 to 200.");

    static Problem[] PersonalDetails => [.. Of(CustomerRejections.NameInvalid, CustomerRejections.EmailInvalid, CustomerRejections.PhoneInvalid, CustomerRejections.AddressInvalid)];

    static Problem[] PersonalKeys => [Problems.PersonalKeysUnavailable];

    // To a product, an unknown SKU is an address that leads nowhere; to an order or a sale it is a wish that no rule can grant.
    static Problem[] Wishes => [Unprocessable(ProductRejections.Unknown), Unprocessable(ProductRejections.Discontinued)];

    static Rejection[] Subscriptions =>
        [WebhookRejections.UrlInvalid, WebhookRejections.UrlNotSecure, WebhookRejections.EventsInvalid, WebhookRejections.StreamPrefixInvalid];

    static Problem[] Reports => [Problems.NotAcceptable, Problems.TooManyReports, Problems.ReadDatabaseUnavailable];

    static Problem[] Log => [Problems.LogUnavailable, Problems.StreamDeleted];

    static Problem[] PastStates => [AuditEndpoints.StreamUnknown, PastStateEndpoints.NoAggregate, PastStateEndpoints.TooLong("The stream has more events than can be replayed at once."), .. Log];

    static Problem[] Projections(params Rejection[] rejections) => [.. Of([ReadModelRejections.Unknown, ReadModelRejections.ReasonInvalid, .. rejections]), Problems.ReadDatabaseUnavailable];

    static Problem[] Of(params IEnumerable<Rejection> rejections) => [.. rejections.Select(Problems.Of)];

    static Problem Unprocessable(Rejection rejection) => new(StatusCodes.Status422UnprocessableEntity, rejection.Code, rejection.Detail);
}
